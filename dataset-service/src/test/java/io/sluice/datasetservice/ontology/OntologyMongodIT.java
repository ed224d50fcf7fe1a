package io.sluice.datasetservice.ontology;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class OntologyMongodIT extends OntologyContract {}
