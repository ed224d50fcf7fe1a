package io.sluice.datasetservice.ontology;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class OntologyEmbeddedIT extends OntologyContract {}
