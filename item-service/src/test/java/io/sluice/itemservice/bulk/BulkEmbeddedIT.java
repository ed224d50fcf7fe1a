package io.sluice.itemservice.bulk;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class BulkEmbeddedIT extends BulkContract {}
