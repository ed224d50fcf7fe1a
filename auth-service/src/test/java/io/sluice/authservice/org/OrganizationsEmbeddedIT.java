package io.sluice.authservice.org;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class OrganizationsEmbeddedIT extends OrganizationsContract {}
