package io.sluice.datasetservice.project;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class ProjectGroupsMongodIT extends ProjectGroupsContract {}
