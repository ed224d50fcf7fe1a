package io.sluice.modelservice.evaluation;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class EvaluationEmbeddedIT extends EvaluationContract {}
