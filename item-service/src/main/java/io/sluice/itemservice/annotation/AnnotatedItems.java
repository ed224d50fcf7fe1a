package io.sluice.itemservice.annotation;

import io.sluice.kit.query.Condition;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The items that annotations belong to, as far as these need to know them. */
public interface AnnotatedItems {

    /** An item that can be annotated, or a directory, which cannot. */
    record AnnotatedItem(String id, String datasetId, boolean isDirectory) {}

    /** Those of the items that exist, in any order; what is no id is that of nothing. */
    Flux<AnnotatedItem> find(Collection<String> itemIds);

    /** Empty for the id of nothing. */
    default Mono<AnnotatedItem> find(String itemId) {
        return find(List.of(itemId)).next();
    }

    /**
     * Notes how many annotations items of a dataset have, and tells how many of them are there.
     *
     * @param annotations how many, by the id of the item
     */
    Mono<Integer> count(String datasetId, Map<String, Long> annotations, Instant now);

    /** Notes that annotations of items were changed. */
    Mono<Void> touch(Collection<String> itemIds, Instant now);

    /** Makes a change of annotations of a dataset; what was counted before does not hold any more when it ends. */
    <T> Mono<T> changing(String datasetId, Mono<T> change);

    /**
     * How many annotations match, counted once for all that ask while nothing changes.
     *
     * @param worded the condition in words that no other has; null when they are too long to be kept
     */
    Mono<Long> total(
            String datasetId,
            Condition condition,
            Function<Condition, Mono<Long>> counting,
            Function<Condition, @Nullable String> worded);

    /** The ids of the items of a dataset that match, in their order. */
    Flux<String> matching(String datasetId, Condition condition);

    /** Those of the items of a dataset that match. */
    Flux<String> matching(String datasetId, Condition condition, Collection<String> itemIds);
}
