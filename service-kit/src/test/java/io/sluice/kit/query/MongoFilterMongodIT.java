package io.sluice.kit.query;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class MongoFilterMongodIT extends MongoFilterContract {

    MongoFilterMongodIT(MongoServer.Lease database) {
        super(database);
    }
}
