package io.sluice.kit.audit;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class AuditOutboxMongodIT extends AuditOutboxContract {

    AuditOutboxMongodIT(MongoServer.Lease database) {
        super(database);
    }
}
