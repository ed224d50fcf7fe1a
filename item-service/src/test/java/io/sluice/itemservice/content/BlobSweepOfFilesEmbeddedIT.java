package io.sluice.itemservice.content;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

/** Every blob has a file of its own. */
@OnMongo(Database.EMBEDDED)
class BlobSweepOfFilesEmbeddedIT extends BlobSweepContract {

    BlobSweepOfFilesEmbeddedIT(MongoServer.Lease database) {
        super(database, Blobs.NONE);
    }
}
