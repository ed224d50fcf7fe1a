package io.sluice.itemservice.bulk;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class BulkMongodIT extends BulkContract {}
