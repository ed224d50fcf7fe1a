package io.sluice.kit.idempotency;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class KeyUsesMongodIT extends KeyUsesContract {

    KeyUsesMongodIT(MongoServer.Lease database) {
        super(database);
    }
}
