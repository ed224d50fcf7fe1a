package io.sluice.datasetservice.recipe;

import io.sluice.datasetservice.ontology.Ontology;
import io.sluice.datasetservice.ontology.OntologyRepository;
import java.util.List;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;

/** The labels that recipes offer. */
@Component
public class RecipeLabels {

    private final RecipeRepository recipes;
    private final OntologyRepository ontologies;

    RecipeLabels(RecipeRepository recipes, OntologyRepository ontologies) {
        this.recipes = recipes;
        this.ontologies = ontologies;
    }

    /**
     * The paths of all labels; some may come twice.
     *
     * @param projectId whose recipes count: anybody can write the id of another into the metadata of a dataset
     */
    public Flux<String> of(List<String> recipeIds, String projectId) {
        return Flux.fromIterable(recipeIds)
                .concatMap(recipes::findById)
                .filter(recipe -> recipe.projectIds().contains(projectId))
                .concatMap(recipe -> ontologies.findAllById(recipe.ontologyIds()))
                .flatMapIterable(Ontology::paths);
    }
}
