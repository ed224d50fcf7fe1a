package io.sluice.itemservice.feature;

import java.util.Collection;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** The things of one type that vectors belong to, as far as these need to know them. */
public interface FeatureEntities {

    /**
     * One of them.
     *
     * @param itemId the item that it is or belongs to; null for a dataset
     */
    record FeatureEntity(
            String id, String datasetId, @Nullable String itemId) {}

    EntityType type();

    /** Those of the ids that are there, in any order. */
    Flux<FeatureEntity> find(Collection<String> ids);
}
