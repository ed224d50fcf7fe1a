package io.sluice.authservice.guess;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class GuessesMongodIT extends GuessesContract {

    GuessesMongodIT(MongoServer.Lease database) {
        super(database);
    }
}
