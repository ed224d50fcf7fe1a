package io.sluice.datasetservice.recipe;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.EMBEDDED)
class RecipeEmbeddedIT extends RecipeContract {}
