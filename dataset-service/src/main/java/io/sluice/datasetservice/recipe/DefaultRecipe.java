package io.sluice.datasetservice.recipe;

import io.sluice.datasetservice.ontology.Ontology;
import io.sluice.datasetservice.ontology.OntologyRepository;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The recipe and the ontology that come with a dataset and go with it (contract ml B.1). */
@Component
public class DefaultRecipe {

    private final RecipeRepository recipes;
    private final OntologyRepository ontologies;
    private final Clock clock;

    DefaultRecipe(RecipeRepository recipes, OntologyRepository ontologies, Clock clock) {
        this.recipes = recipes;
        this.ontologies = ontologies;
        this.clock = clock;
    }

    /** Makes the ontology, then the recipe that names it; answers the recipe's id. */
    public Mono<String> create(String datasetName, String projectId, String creator) {
        Instant now = clock.instant();
        Ontology ontology = Ontology.empty(datasetName + " Default Ontology", creator, List.of(projectId), false, now);
        Recipe recipe = Recipe.of(
                datasetName + " Default Recipe", creator, List.of(projectId), List.of(ontology.id()), false, now);
        return ontologies.save(ontology).then(recipes.save(recipe)).map(Recipe::id);
    }

    /**
     * Deletes a recipe with the ontologies that no other recipe names. What somebody made by itself stays, and what does
     * not belong to this project alone: the id may be one that a user has written into the metadata of a dataset.
     */
    public Mono<Void> remove(String recipeId, String projectId) {
        return recipes.findByIdAndProjectIds(recipeId, List.of(projectId))
                .filter(recipe -> recipe.standalone() == null)
                .flatMap(recipe -> Flux.fromIterable(recipe.ontologyIds())
                        .filterWhen(ontologyId -> recipes.existsByOntologyIdsContainingAndIdNot(ontologyId, recipeId)
                                .map(used -> !used))
                        .collectList()
                        .flatMap(unused ->
                                ontologies.deleteByIdInAndProjectIdsAndStandaloneIsNull(unused, List.of(projectId)))
                        .then(recipes.deleteById(recipeId)));
    }
}
