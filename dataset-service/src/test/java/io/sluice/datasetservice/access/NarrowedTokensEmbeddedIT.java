package io.sluice.datasetservice.access;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class NarrowedTokensEmbeddedIT extends NarrowedTokensContract {}
