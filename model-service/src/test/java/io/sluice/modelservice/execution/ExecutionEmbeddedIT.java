package io.sluice.modelservice.execution;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class ExecutionEmbeddedIT extends ExecutionContract {}
