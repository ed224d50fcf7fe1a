package io.sluice.authservice.administrator;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class FirstAdministratorMongodIT extends FirstAdministratorContract {}
