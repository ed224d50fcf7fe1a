package io.sluice.kit.idempotency;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class KeyUsesEmbeddedIT extends KeyUsesContract {

    KeyUsesEmbeddedIT(MongoServer.Lease database) {
        super(database);
    }
}
