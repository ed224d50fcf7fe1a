package io.sluice.datasetservice.recipe;

import java.util.List;
import reactor.core.publisher.Mono;

/** What is labelled by recipes and names them by their ids. */
public interface RecipeUsers {

    /** Whether something in these projects is labelled by the recipe. */
    Mono<Boolean> use(String recipeId, List<String> projectIds);

    /** Takes the id of a recipe that goes out of everything in these projects; may be called again. */
    Mono<Void> forget(String recipeId, List<String> projectIds);
}
