package io.sluice.datasetservice;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class LinksEmbeddedIT extends LinksContract {}
