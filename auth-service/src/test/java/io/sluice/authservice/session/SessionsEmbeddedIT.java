package io.sluice.authservice.session;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class SessionsEmbeddedIT extends SessionsContract {

    SessionsEmbeddedIT(MongoServer.Lease database) {
        super(database);
    }
}
