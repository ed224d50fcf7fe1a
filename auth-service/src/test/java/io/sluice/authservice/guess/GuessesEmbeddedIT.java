package io.sluice.authservice.guess;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class GuessesEmbeddedIT extends GuessesContract {

    GuessesEmbeddedIT(MongoServer.Lease database) {
        super(database);
    }
}
