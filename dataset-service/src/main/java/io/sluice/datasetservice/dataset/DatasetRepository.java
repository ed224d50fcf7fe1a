package io.sluice.datasetservice.dataset;

import org.springframework.data.mongodb.repository.Query;
import org.springframework.data.repository.reactive.ReactiveCrudRepository;
import reactor.core.publisher.Mono;

interface DatasetRepository extends ReactiveCrudRepository<Dataset, String> {

    Mono<Dataset> findByIdAndDeletionIsNull(String id);

    /** With two members of the metadata only, which may be large. */
    @Query(
            value = "{_id: ?0, deletion: null}",
            fields = "{projectId: 1, readonly: 1, system: 1, srcDataset: 1, locks: 1,"
                    + " 'metadata.system.recipes': 1, 'metadata.system.strictLabels': 1}")
    Mono<DatasetHead> findHead(String id);

    Mono<Boolean> existsByUniqueName(String uniqueName);

    Mono<Boolean> existsByProjectId(String projectId);

    /** Whether a living dataset other than this one is labelled by the recipe. */
    @Query(value = "{'metadata.system.recipes': ?0, _id: {$ne: ?1}, deletion: null}", exists = true)
    Mono<Boolean> existsOtherWithRecipe(String recipeId, String id);
}
