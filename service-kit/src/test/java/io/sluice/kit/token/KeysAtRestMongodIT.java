package io.sluice.kit.token;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class KeysAtRestMongodIT extends KeysAtRestContract {

    KeysAtRestMongodIT(MongoServer.Lease database) {
        super(database);
    }
}
