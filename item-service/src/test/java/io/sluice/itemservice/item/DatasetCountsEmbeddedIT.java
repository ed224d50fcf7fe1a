package io.sluice.itemservice.item;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class DatasetCountsEmbeddedIT extends DatasetCountsContract {

    DatasetCountsEmbeddedIT(MongoServer.Lease database) {
        super(database);
    }
}
