package io.sluice.authservice.user;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class LastAdministratorMongodIT extends LastAdministratorContract {

    LastAdministratorMongodIT(MongoServer.Lease database) {
        super(database);
    }
}
