package io.sluice.authservice.org;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class OrganizationsMongodIT extends OrganizationsContract {}
