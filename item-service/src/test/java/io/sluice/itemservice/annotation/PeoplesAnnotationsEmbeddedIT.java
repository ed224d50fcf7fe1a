package io.sluice.itemservice.annotation;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class PeoplesAnnotationsEmbeddedIT extends PeoplesAnnotationsContract {}
