package io.sluice.modelservice.evaluation;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class EvaluationMongodIT extends EvaluationContract {}
