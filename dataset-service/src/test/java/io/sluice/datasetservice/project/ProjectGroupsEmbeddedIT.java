package io.sluice.datasetservice.project;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class ProjectGroupsEmbeddedIT extends ProjectGroupsContract {}
