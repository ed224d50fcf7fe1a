package io.sluice.datasetservice.setting;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class SettingEmbeddedIT extends SettingContract {}
