package io.sluice.authservice.audit;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class AuditEmbeddedIT extends AuditContract {}
