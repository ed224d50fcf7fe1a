package io.sluice.itemservice.content;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class StoreCheckMongodIT extends StoreCheckContract {

    StoreCheckMongodIT(MongoServer.Lease database) {
        super(database);
    }
}
