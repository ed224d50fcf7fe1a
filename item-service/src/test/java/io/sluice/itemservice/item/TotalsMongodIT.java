package io.sluice.itemservice.item;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class TotalsMongodIT extends TotalsContract {

    TotalsMongodIT(MongoServer.Lease database) {
        super(database);
    }
}
