package io.sluice.modelservice.app;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class AppMongodIT extends AppContract {}
