package io.sluice.itemservice.item;

import io.sluice.itemservice.annotation.AnnotatedItems;
import io.sluice.kit.query.Condition;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The items as annotations need to know them. */
@Component
class ItemsOfAnnotations implements AnnotatedItems {

    private final Items items;
    private final ChangeMarks marks;
    private final Totals totals;

    ItemsOfAnnotations(Items items, ChangeMarks marks, Totals totals) {
        this.items = items;
        this.marks = marks;
        this.totals = totals;
    }

    @Override
    public Flux<AnnotatedItem> find(Collection<String> itemIds) {
        return items.places(itemIds);
    }

    @Override
    public Mono<Integer> count(String datasetId, Map<String, Long> annotations, Instant now) {
        return items.countAnnotations(datasetId, annotations, now);
    }

    @Override
    public Mono<Void> touch(Collection<String> itemIds, Instant now) {
        return items.touch(itemIds, now);
    }

    @Override
    public <T> Mono<T> changing(String datasetId, Mono<T> change) {
        return marks.around(datasetId, change);
    }

    @Override
    public Mono<Long> total(
            String datasetId,
            Condition condition,
            Function<Condition, Mono<Long>> counting,
            Function<Condition, @Nullable String> worded) {
        return totals.of(datasetId, condition, Totals.Counting.of(counting, wanted -> {
            String words = worded.apply(wanted);
            // Nobody asks for items in the same words.
            return words == null ? null : "annotations " + words;
        }));
    }

    @Override
    public Flux<String> matching(String datasetId, Condition condition) {
        return items.idsOf(datasetId, condition);
    }

    @Override
    public Flux<String> matching(String datasetId, Condition condition, Collection<String> itemIds) {
        return items.idsOf(datasetId, condition, itemIds);
    }
}
