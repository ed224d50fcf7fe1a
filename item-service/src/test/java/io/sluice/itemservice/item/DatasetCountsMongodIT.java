package io.sluice.itemservice.item;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class DatasetCountsMongodIT extends DatasetCountsContract {

    DatasetCountsMongodIT(MongoServer.Lease database) {
        super(database);
    }
}
