package io.sluice.kit.audit;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class AuditOutboxEmbeddedIT extends AuditOutboxContract {

    AuditOutboxEmbeddedIT(MongoServer.Lease database) {
        super(database);
    }
}
