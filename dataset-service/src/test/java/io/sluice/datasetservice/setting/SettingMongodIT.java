package io.sluice.datasetservice.setting;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class SettingMongodIT extends SettingContract {}
