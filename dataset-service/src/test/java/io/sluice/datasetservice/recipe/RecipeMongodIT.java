package io.sluice.datasetservice.recipe;

import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.OnMongo;

@OnMongo(Database.MONGOD)
class RecipeMongodIT extends RecipeContract {}
