package io.sluice.kit.mongo;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class StoringEmbeddedIT extends StoringContract {}
