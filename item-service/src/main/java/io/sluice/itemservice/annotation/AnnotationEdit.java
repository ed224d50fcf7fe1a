package io.sluice.itemservice.annotation;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.Conflicts;
import io.sluice.kit.query.Condition;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Makes, changes and deletes annotations; the items know of it when it is done. */
@Component
class AnnotationEdit {

    /** As many parents one above the other as are looked at. */
    static final int MOST_PARENTS = 1_000;

    private static final String PARENT = "metadata.system.parentId";
    private static final int BATCH = 500;
    private static final int AT_ONCE = 8;

    private final Annotations annotations;
    private final AnnotatedItems items;
    private final AnnotationCounts counts;
    private final AnnotationLog log;
    private final Clock clock;

    AnnotationEdit(
            Annotations annotations, AnnotatedItems items, AnnotationCounts counts, AnnotationLog log, Clock clock) {
        this.annotations = annotations;
        this.items = items;
        this.counts = counts;
        this.log = log;
        this.clock = clock;
    }

    /**
     * What somebody says of an item.
     *
     * @param id that the annotation is to have; null for any
     * @param item which is in the dataset and no directory
     */
    record Said(@Nullable String id, AnnotatedItems.AnnotatedItem item, AnnotationContent content) {

        private Annotation made(String by, Instant now) {
            return Annotation.of(
                    Objects.requireNonNullElseGet(id, () -> new ObjectId().toHexString()), item, content, by, now);
        }
    }

    /** Adds annotations to an item, in their order; fails with {@link Problem#NOT_FOUND} when the item is deleted meanwhile. */
    Mono<List<Annotation>> create(AnnotatedItems.AnnotatedItem item, List<AnnotationContent> contents, String by) {
        List<Said> said =
                contents.stream().map(content -> new Said(null, item, content)).toList();
        return create(item.datasetId(), said, by)
                .delayUntil(made -> items.find(item.id())
                        .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("No item " + item.id()))));
    }

    /** Adds annotations to items of a dataset, in their order; with an item that is deleted meanwhile its annotations go. */
    Mono<List<Annotation>> create(String datasetId, List<Said> said, String by) {
        if (said.isEmpty()) {
            return Mono.just(List.of());
        }
        Instant now = clock.instant();
        List<Annotation> made = said.stream().map(one -> one.made(by, now)).toList();
        return counts.around(datasetId, itemIdsOf(made), annotations.insert(made))
                .thenReturn(made);
    }

    private static Set<String> itemIdsOf(List<Annotation> some) {
        return some.stream().map(Annotation::itemId).collect(Collectors.toSet());
    }

    /**
     * What became of annotations whose ids were given.
     *
     * @param skipped how many were there already and say the same
     * @param others places in the list of those whose id is another one's
     */
    record Kept(int created, int skipped, Set<Integer> others) {

        static final Kept NOTHING = new Kept(0, 0, Set.of());
    }

    /**
     * As {@link #create(String, List, String)}, for what may have been sent before. All have ids; that of an annotation that was
     * deleted is no other's, because the log tells them apart by it.
     */
    Mono<Kept> createMissing(String datasetId, List<Said> said, String by) {
        if (said.isEmpty()) {
            return Mono.just(Kept.NOTHING);
        }
        Instant now = clock.instant();
        List<Annotation> all = said.stream().map(one -> one.made(by, now)).toList();
        return log.deleted(all.stream().map(Annotation::id).toList()).flatMap(deleted -> {
            List<Integer> places = IntStream.range(0, all.size())
                    .filter(place -> !deleted.contains(all.get(place).id()))
                    .boxed()
                    .toList();
            List<Annotation> made = places.stream().map(all::get).toList();
            return insertNew(datasetId, made).flatMap(there -> {
                Set<Integer> others = IntStream.range(0, all.size()).boxed().collect(Collectors.toSet());
                IntStream.range(0, made.size())
                        .filter(index -> !there.contains(index))
                        .forEach(index -> others.remove(places.get(index)));
                return kept(all, others);
            });
        });
    }

    private Mono<Set<Integer>> insertNew(String datasetId, List<Annotation> made) {
        return made.isEmpty()
                ? Mono.just(Set.of())
                : counts.around(datasetId, itemIdsOf(made), annotations.insertNew(made));
    }

    /** @param there places in the list of those that were not made */
    private Mono<Kept> kept(List<Annotation> all, Set<Integer> there) {
        if (there.isEmpty()) {
            return Mono.just(new Kept(all.size(), 0, Set.of()));
        }
        return annotations
                .find(there.stream().map(place -> all.get(place).id()).collect(Collectors.toSet()))
                .collectMap(Annotation::id)
                .map(stored -> {
                    Set<Integer> others = there.stream()
                            .filter(place -> !saysTheSame(
                                    all.get(place), stored.get(all.get(place).id())))
                            .collect(Collectors.toSet());
                    return new Kept(all.size() - there.size(), there.size() - others.size(), others);
                });
    }

    private static boolean saysTheSame(Annotation made, @Nullable Annotation stored) {
        return stored != null
                && stored.itemId().equals(made.itemId())
                && stored.said().equals(made.said());
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
                        log.keep(AnnotationState.of(annotation))
                                .then(Mono.defer(() -> annotations.save(annotation.saying(changed, by, now))))
                                .onErrorResume(
                                        OptimisticLockingFailureException.class,
                                        conflict -> forgetUnlessThere(annotation.itemId())
                                                .then(Mono.error(conflict)))
                                .delayUntil(saved -> items.touch(List.of(saved.itemId()), now))
                                .delayUntil(saved -> takeBackACircle(annotation, changed, by))));
    }

    /** Who deletes an item forgets what was done there; an event that is kept after that would stay until it is old. */
    private Mono<Void> forgetUnlessThere(String itemId) {
        return items.find(itemId)
                .hasElement()
                .flatMap(isThere -> isThere ? Mono.<Void>empty() : log.forgetOf(List.of(itemId)));
    }

    /** A new annotation is nobody's parent yet, so that only a change can close a circle. */
    private Mono<Void> requireNoCycle(Annotation annotation, AnnotationContent changed) {
        String parent = changed.parentId();
        return parent == null || parent.equals(annotation.said().parentId())
                ? Mono.empty()
                : requireAbove(annotation.id(), parent);
    }

    private Mono<Void> requireAbove(String annotationId, String parent) {
        return Mono.just(parent)
                .expand(ancestor -> annotations
                        .find(ancestor)
                        .mapNotNull(found -> found.said().parentId()))
                .index()
                .doOnNext(ancestor -> {
                    if (ancestor.getT2().equalsIgnoreCase(annotationId)) {
                        throw Problem.VALIDATION_FAILED.at(
                                PARENT, "must not be the annotation itself, nor one that it is a parent of");
                    }
                    if (ancestor.getT1() >= MOST_PARENTS) {
                        throw Problem.VALIDATION_FAILED.at(
                                PARENT, "has more than " + MOST_PARENTS + " parents above it");
                    }
                })
                .then();
    }

    /** Two changes at the same moment may close a circle of which neither has seen anything; who sees it now takes his back. */
    private Mono<Void> takeBackACircle(Annotation before, AnnotationContent changed, String by) {
        return requireNoCycle(before, changed)
                .onErrorResume(circle -> parented(before, changed, before.said().parentId(), by)
                        .onErrorResume(other -> parented(before, changed, null, by))
                        .then(Mono.error(circle)));
    }

    /** @param parentId who is its parent instead of the one that it was changed to; null for nobody */
    private Mono<Annotation> parented(
            Annotation annotation, AnnotationContent changed, @Nullable String parentId, String by) {
        return change(
                annotation.id(),
                now -> Objects.equals(now.parentId(), changed.parentId()) ? now.withParent(parentId) : now,
                by,
                found -> {});
    }

    /** Changes all of a dataset that match and tells how many there were. */
    Mono<Long> change(String datasetId, Condition condition, UnaryOperator<AnnotationContent> change, String by) {
        return annotations
                .entries(datasetId, condition)
                .flatMap(entry -> change(entry.id(), change, by, annotation -> {}), AT_ONCE)
                .count();
    }

    Mono<Void> delete(Annotation annotation, String by) {
        List<String> id = List.of(annotation.id());
        return counts.aroundDeletion(annotation.datasetId(), List.of(annotation.itemId()), id, deleted(id, by))
                .then();
    }

    /** Deletes all of a dataset that match and tells how many there were. */
    Mono<Long> delete(String datasetId, Condition condition, String by) {
        return annotations
                .entries(datasetId, condition)
                .buffer(BATCH)
                .concatMap(batch -> delete(datasetId, batch, by), 1)
                .reduce(0L, Long::sum);
    }

    private Mono<Long> delete(String datasetId, List<Annotations.Entry> batch, String by) {
        Set<String> itemIds = new HashSet<>();
        batch.forEach(entry -> itemIds.add(entry.itemId()));
        List<String> ids = batch.stream().map(Annotations.Entry::id).toList();
        return counts.aroundDeletion(datasetId, itemIds, ids, deleted(ids, by));
    }

    /** One that is changed between being looked at and being deleted is looked at again, so that its change is not forgotten. */
    private Mono<Long> deleted(List<String> annotationIds, String by) {
        return annotations
                .states(annotationIds)
                .collectList()
                .flatMap(states -> states.isEmpty()
                        ? Mono.just(0L)
                        : log.keepDeletion(states, by)
                                .then(Mono.defer(() -> annotations.delete(states)))
                                .flatMap(gone -> gone == states.size()
                                        ? Mono.just(gone)
                                        : deleted(annotationIds, by).map(more -> gone + more)));
    }
}
