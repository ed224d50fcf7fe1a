package io.sluice.datasetservice.deletion;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class BackgroundDeletionEmbeddedIT extends BackgroundDeletionContract {

    BackgroundDeletionEmbeddedIT(MongoServer.Lease lease) {
        super(lease);
    }
}
