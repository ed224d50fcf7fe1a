package io.sluice.itemservice.content;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class StoreCheckEmbeddedIT extends StoreCheckContract {

    StoreCheckEmbeddedIT(MongoServer.Lease database) {
        super(database);
    }
}
