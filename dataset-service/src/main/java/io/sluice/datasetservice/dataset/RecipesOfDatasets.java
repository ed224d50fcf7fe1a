package io.sluice.datasetservice.dataset;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import io.sluice.datasetservice.recipe.RecipeUsers;
import java.util.List;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** The recipes that datasets name in their metadata. */
@Component
class RecipesOfDatasets implements RecipeUsers {

    private static final String RECIPES = "metadata." + Dataset.SYSTEM + "." + Dataset.RECIPES;

    private final ReactiveMongoTemplate mongo;

    RecipesOfDatasets(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    @Override
    public Mono<Boolean> use(String recipeId, List<String> projectIds) {
        return mongo.exists(labelledBy(recipeId, projectIds), Dataset.class);
    }

    @Override
    public Mono<Void> forget(String recipeId, List<String> projectIds) {
        return mongo.updateMulti(labelledBy(recipeId, projectIds), new Update().pull(RECIPES, recipeId), Dataset.class)
                .then();
    }

    /** Others can write the id into the metadata of their datasets, too, which says nothing. */
    private static Query labelledBy(String recipeId, List<String> projectIds) {
        return query(where(RECIPES)
                .is(recipeId)
                .and("projectId")
                .in(projectIds)
                .and("deletion")
                .isNull());
    }
}
