package io.sluice.kit.mongo;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class IndexesEmbeddedIT extends IndexesContract {

    IndexesEmbeddedIT(MongoServer.Lease database) {
        super(database);
    }
}
