package io.sluice.datasetservice.dataset;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class FormsEmbeddedIT extends FormsContract {}
