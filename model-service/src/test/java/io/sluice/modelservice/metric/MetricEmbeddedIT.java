package io.sluice.modelservice.metric;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class MetricEmbeddedIT extends MetricContract {}
