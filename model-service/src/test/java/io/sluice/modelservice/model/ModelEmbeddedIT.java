package io.sluice.modelservice.model;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class ModelEmbeddedIT extends ModelContract {}
