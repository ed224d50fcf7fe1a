package io.sluice.authservice;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class OAuthApiEmbeddedIT extends OAuthApiContract {}
