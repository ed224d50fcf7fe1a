package io.sluice.itemservice.item;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class InternalItemMongodIT extends InternalItemContract {}
