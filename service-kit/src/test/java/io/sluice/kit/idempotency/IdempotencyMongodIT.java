package io.sluice.kit.idempotency;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class IdempotencyMongodIT extends IdempotencyContract {}
