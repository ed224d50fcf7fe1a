package io.sluice.itemservice.feature;

import io.sluice.kit.query.Condition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** The vectors of items, for whoever tells all of an item; whether the caller may see the items is checked before. */
@Component
public class ItemVectors {

    /** What a query calls vectors. */
    public static final String RESOURCE = FeatureVectorController.RESOURCE;

    private final FeatureVectors vectors;

    ItemVectors(FeatureVectors vectors) {
        this.vectors = vectors;
    }

    /** As the SDK selects them. */
    record ItemVector(String id, String datasetId, String featureSetId, double[] value) {}

    /** Those of some items that match, by the id of the item, in the order of their creation. */
    public Mono<Map<String, List<Object>>> of(Collection<String> itemIds, Condition condition) {
        return vectors.ofEntities(itemIds, condition)
                .collect(
                        HashMap::new,
                        (found, vector) -> found.computeIfAbsent(vector.entityId(), id -> new ArrayList<>())
                                .add(new ItemVector(
                                        vector.id(),
                                        vector.datasetId(),
                                        vector.featureSetId(),
                                        Packed.numbers(vector.packed()))));
    }
}
