package io.sluice.itemservice.content;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class BlobStoreMongodIT extends BlobStoreContract {

    BlobStoreMongodIT(MongoServer.Lease database) {
        super(database, Blobs.SHORT);
    }
}
