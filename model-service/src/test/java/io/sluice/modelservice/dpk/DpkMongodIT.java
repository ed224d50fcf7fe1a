package io.sluice.modelservice.dpk;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class DpkMongodIT extends DpkContract {}
