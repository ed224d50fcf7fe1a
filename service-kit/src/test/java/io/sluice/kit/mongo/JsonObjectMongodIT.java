package io.sluice.kit.mongo;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class JsonObjectMongodIT extends JsonObjectContract {

    JsonObjectMongodIT(MongoServer.Lease database) {
        super(database);
    }
}
