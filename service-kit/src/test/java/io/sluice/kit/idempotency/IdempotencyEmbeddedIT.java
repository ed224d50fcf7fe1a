package io.sluice.kit.idempotency;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class IdempotencyEmbeddedIT extends IdempotencyContract {}
