package io.sluice.itemservice.annotation;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.Conflicts;
import io.sluice.kit.query.Condition;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Makes, changes and deletes annotations; the items know of it when it is done. */
@Component
class AnnotationEdit {

    /** As many parents one above the other as are looked at. */
    static final int MOST_PARENTS = 1_000;

    private static final int BATCH = 500;
    private static final int AT_ONCE = 8;

    private final Annotations annotations;
    private final AnnotatedItems items;
    private final AnnotationCounts counts;
    private final Clock clock;

    AnnotationEdit(Annotations annotations, AnnotatedItems items, AnnotationCounts counts, Clock clock) {
        this.annotations = annotations;
        this.items = items;
        this.counts = counts;
        this.clock = clock;
    }

    /** Adds annotations to an item, in their order; fails with {@link Problem#NOT_FOUND} when the item is deleted meanwhile. */
    Mono<List<Annotation>> create(AnnotatedItems.AnnotatedItem item, List<AnnotationContent> said, String by) {
        if (said.isEmpty()) {
            return Mono.just(List.of());
        }
        Instant now = clock.instant();
        List<Annotation> made = said.stream()
                .map(content -> Annotation.of(item, content, by, now))
                .toList();
        return counts.around(item.datasetId(), List.of(item.id()), annotations.insert(made))
                .then(items.find(item.id()))
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("No item " + item.id())))
                .thenReturn(made);
    }

    /**
     * Adds the same to files. Their ids follow from the command, so that once more is as good as once.
     *
     * @param commandId what asks for it
     */
    Mono<Void> addTo(
            String datasetId, Collection<String> itemIds, AnnotationContent content, String commandId, String by) {
        if (itemIds.isEmpty()) {
            return Mono.empty();
        }
        Instant now = clock.instant();
        List<Annotation> made = itemIds.stream()
                .map(itemId -> Annotation.of(
                        AnnotationCopies.idOf(commandId, itemId),
                        new AnnotatedItems.AnnotatedItem(itemId, datasetId, false),
                        content,
                        by,
                        now))
                .toList();
        return counts.around(datasetId, itemIds, annotations.insertMissing(made));
    }

    /**
     * Changes one.
     *
     * @param precondition looks at it as it is and throws when it must not be changed
     * @return as it is now; empty when there is none of that id
     */
    Mono<Annotation> change(
            String annotationId,
            UnaryOperator<AnnotationContent> change,
            String by,
            Consumer<Annotation> precondition) {
        return Mono.defer(() -> annotations.find(annotationId))
                .doOnNext(precondition)
                .flatMap(annotation -> changed(annotation, change.apply(annotation.said()), by))
                .retryWhen(Conflicts.retried());
    }

    private Mono<Annotation> changed(Annotation annotation, AnnotationContent changed, String by) {
        if (changed.equals(annotation.said())) {
            return Mono.just(annotation);
        }
        Instant now = clock.instant();
        return requireNoCycle(annotation, changed)
                .then(items.changing(
                        annotation.datasetId(),
                        annotations
                                .save(annotation.saying(changed, by, now))
                                .delayUntil(saved -> items.touch(List.of(saved.itemId()), now))));
    }

    /** A new annotation is nobody's parent yet, so that only a change can close a circle. */
    private Mono<Void> requireNoCycle(Annotation annotation, AnnotationContent changed) {
        String parent = changed.parentId();
        return parent == null || parent.equals(annotation.said().parentId())
                ? Mono.empty()
                : requireAbove(annotation.id(), parent, 1);
    }

    private Mono<Void> requireAbove(String annotationId, String ancestor, int levels) {
        if (ancestor.equalsIgnoreCase(annotationId)) {
            return Mono.error(Problem.VALIDATION_FAILED.at(
                    "metadata.system.parentId", "must not be the annotation itself, nor one that it is a parent of"));
        }
        if (levels > MOST_PARENTS) {
            return Mono.error(Problem.VALIDATION_FAILED.at(
                    "metadata.system.parentId", "has more than " + MOST_PARENTS + " parents above it"));
        }
        return annotations
                .find(ancestor)
                .mapNotNull(found -> found.said().parentId())
                .flatMap(next -> requireAbove(annotationId, next, levels + 1));
    }

    /** Changes all of a dataset that match and tells how many there were. */
    Mono<Long> change(String datasetId, Condition condition, UnaryOperator<AnnotationContent> change, String by) {
        return annotations
                .entries(datasetId, condition)
                .flatMap(entry -> change(entry.id(), change, by, annotation -> {}), AT_ONCE)
                .count();
    }

    Mono<Void> delete(Annotation annotation) {
        return counts.delete(annotation.datasetId(), List.of(annotation.itemId()), List.of(annotation.id()))
                .then();
    }

    /** Deletes all of a dataset that match and tells how many there were. */
    Mono<Long> delete(String datasetId, Condition condition) {
        return annotations
                .entries(datasetId, condition)
                .buffer(BATCH)
                .concatMap(batch -> delete(datasetId, batch), 1)
                .reduce(0L, Long::sum);
    }

    private Mono<Long> delete(String datasetId, List<Annotations.Entry> batch) {
        Set<String> itemIds = new HashSet<>();
        batch.forEach(entry -> itemIds.add(entry.itemId()));
        return counts.delete(
                datasetId, itemIds, batch.stream().map(Annotations.Entry::id).toList());
    }
}
