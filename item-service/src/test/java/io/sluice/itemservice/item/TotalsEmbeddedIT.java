package io.sluice.itemservice.item;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class TotalsEmbeddedIT extends TotalsContract {

    TotalsEmbeddedIT(MongoServer.Lease database) {
        super(database);
    }
}
