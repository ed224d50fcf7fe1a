package io.sluice.kit.query;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class MongoFilterEmbeddedIT extends MongoFilterContract {

    MongoFilterEmbeddedIT(MongoServer.Lease database) {
        super(database);
    }
}
