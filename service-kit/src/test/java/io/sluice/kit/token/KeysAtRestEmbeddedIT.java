package io.sluice.kit.token;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class KeysAtRestEmbeddedIT extends KeysAtRestContract {

    KeysAtRestEmbeddedIT(MongoServer.Lease database) {
        super(database);
    }
}
