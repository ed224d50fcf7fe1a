package io.sluice.datasetservice.dataset;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class FormsMongodIT extends FormsContract {}
