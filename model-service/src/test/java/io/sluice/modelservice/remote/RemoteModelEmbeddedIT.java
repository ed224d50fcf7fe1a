package io.sluice.modelservice.remote;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class RemoteModelEmbeddedIT extends RemoteModelContract {}
