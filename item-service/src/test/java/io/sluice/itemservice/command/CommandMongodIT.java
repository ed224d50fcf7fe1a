package io.sluice.itemservice.command;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class CommandMongodIT extends CommandContract {}
