package io.sluice.datasetservice.deletion;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class BackgroundDeletionMongodIT extends BackgroundDeletionContract {

    BackgroundDeletionMongodIT(MongoServer.Lease lease) {
        super(lease);
    }
}
