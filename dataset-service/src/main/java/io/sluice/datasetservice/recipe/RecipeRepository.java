package io.sluice.datasetservice.recipe;

import java.util.List;
import org.springframework.data.repository.reactive.ReactiveCrudRepository;
import reactor.core.publisher.Mono;

interface RecipeRepository extends ReactiveCrudRepository<Recipe, String> {

    Mono<Recipe> findByIdAndProjectIds(String id, List<String> projectIds);

    Mono<Boolean> existsByOntologyIdsContainingAndIdNot(String ontologyId, String id);
}
