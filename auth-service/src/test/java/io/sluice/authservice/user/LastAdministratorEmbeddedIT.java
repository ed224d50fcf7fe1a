package io.sluice.authservice.user;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class LastAdministratorEmbeddedIT extends LastAdministratorContract {

    LastAdministratorEmbeddedIT(MongoServer.Lease database) {
        super(database);
    }
}
