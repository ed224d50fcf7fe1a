package io.sluice.itemservice.feature;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class FeatureMongodIT extends FeatureContract {}
