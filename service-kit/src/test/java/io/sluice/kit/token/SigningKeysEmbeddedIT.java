package io.sluice.kit.token;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class SigningKeysEmbeddedIT extends SigningKeysContract {

    SigningKeysEmbeddedIT(MongoServer.Lease database) {
        super(database);
    }
}
