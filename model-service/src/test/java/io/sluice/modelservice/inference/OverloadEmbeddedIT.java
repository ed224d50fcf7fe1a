package io.sluice.modelservice.inference;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class OverloadEmbeddedIT extends OverloadContract {}
