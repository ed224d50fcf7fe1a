package io.sluice.authservice.session;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class SessionsMongodIT extends SessionsContract {

    SessionsMongodIT(MongoServer.Lease database) {
        super(database);
    }
}
