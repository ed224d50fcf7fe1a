package io.sluice.itemservice.annotation;

import com.mongodb.client.model.Filters;
import io.sluice.itemservice.feature.FeatureDeletion;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Keeps right what items say of their annotations, without transactions. Who makes or deletes annotations, or deletes items
 * that may have some, first stores a mark that names the items; afterwards he counts until what he has written down is
 * what he counts again, and only then takes the mark away. The last to write has counted after the last change, or his
 * mark is still there, and somebody else counts for him. Annotations of an item that is gone are deleted by the
 * same means, and the vectors of annotations and items that are gone.
 */
@Component
public class AnnotationCounts {

    private static final Logger log = LoggerFactory.getLogger(AnnotationCounts.class);

    /** Who has left a mark is given that long before somebody helps. */
    static final Duration BEFORE_HELP = Duration.ofMinutes(1);

    static final String MARKS = "annotation_changes";

    private static final String ITEM_IDS = "itemIds";
    private static final String ANNOTATION_IDS = "annotationIds";
    private static final String AT = "at";
    private static final int COUNTED_AT_ONCE = 1_000;

    private final ReactiveMongoTemplate mongo;
    private final Annotations annotations;
    private final AnnotatedItems items;
    private final FeatureDeletion features;
    private final AnnotationLog events;
    private final Clock clock;

    AnnotationCounts(
            ReactiveMongoTemplate mongo,
            Annotations annotations,
            AnnotatedItems items,
            FeatureDeletion features,
            AnnotationLog events,
            Clock clock) {
        this.mongo = mongo;
        this.annotations = annotations;
        this.items = items;
        this.features = features;
        this.events = events;
        this.clock = clock;
    }

    /** Deletes items; their annotations go with them. Whoever calls says that items are changed. */
    public <T> Mono<T> aroundDeletion(Collection<String> itemIds, Mono<T> deletion) {
        return marked(itemIds, List.of(), deletion);
    }

    /** Deletes what is left of a dataset whose items are gone. */
    public Mono<Void> forget(String datasetId) {
        return annotations
                .deleteOfDataset(datasetId)
                .then(features.forgetDataset(datasetId))
                .then(events.forget(datasetId));
    }

    /** Makes a change after which items have more or fewer annotations. */
    <T> Mono<T> around(String datasetId, Collection<String> itemIds, Mono<T> change) {
        return items.changing(datasetId, marked(itemIds, List.of(), change));
    }

    /** Deletes annotations of items; the vectors of those that are gone go with them. */
    Mono<Long> aroundDeletion(
            String datasetId, Collection<String> itemIds, Collection<String> annotationIds, Mono<Long> deletion) {
        return items.changing(datasetId, marked(itemIds, annotationIds, deletion));
    }

    private <T> Mono<T> marked(Collection<String> itemIds, Collection<String> annotationIds, Mono<T> change) {
        return Mono.defer(() -> {
            ObjectId mark = new ObjectId();
            Document document = new Document("_id", mark)
                    .append(ITEM_IDS, itemIds.stream().map(ObjectId::new).toList())
                    .append(ANNOTATION_IDS, List.copyOf(annotationIds))
                    .append(AT, Date.from(clock.instant()));
            return mongo.execute(MARKS, marks -> marks.insertOne(document))
                    .then(change.materialize())
                    .delayUntil(end -> settle(itemIds).then(forgetVectors(annotationIds)))
                    .delayUntil(end -> remove(mark))
                    .dematerialize();
        });
    }

    /**
     * Stores annotations and then the items that they are of, which say already how many they have. What was made for an
     * item that is not stored after all is deleted, also when a crash comes in between.
     *
     * @param storing stores the items and tells which of them it has stored
     */
    Mono<Set<String>> aroundCreation(Collection<String> itemIds, Mono<Void> annotating, Mono<Set<String>> storing) {
        return Mono.defer(() -> {
            ObjectId mark = new ObjectId();
            Document document = new Document("_id", mark)
                    .append(ITEM_IDS, itemIds.stream().map(ObjectId::new).toList())
                    .append(ANNOTATION_IDS, List.of())
                    .append(AT, Date.from(clock.instant()));
            return mongo.execute(MARKS, marks -> marks.insertOne(document))
                    .then(annotating)
                    .then(storing)
                    .delayUntil(stored -> forgetOf(without(itemIds, stored)))
                    .delayUntil(stored -> remove(mark));
        });
    }

    private Mono<Void> remove(ObjectId mark) {
        return mongo.execute(MARKS, marks -> marks.deleteOne(Filters.eq("_id", mark)))
                .then();
    }

    private Mono<Void> settle(Collection<String> itemIds) {
        return items.find(itemIds)
                .collect(Collectors.groupingBy(
                        AnnotatedItems.AnnotatedItem::datasetId,
                        Collectors.mapping(AnnotatedItems.AnnotatedItem::id, Collectors.toSet())))
                .flatMap(existing -> forgetOf(without(
                                itemIds,
                                existing.values().stream().flatMap(Set::stream).collect(Collectors.toSet())))
                        .thenMany(Flux.fromIterable(existing.entrySet()))
                        .concatMap(dataset -> Flux.fromIterable(dataset.getValue())
                                .buffer(COUNTED_AT_ONCE)
                                .concatMap(some -> count(dataset.getKey(), some), 1)
                                .then())
                        .then());
    }

    private Mono<Void> count(String datasetId, List<String> itemIds) {
        return annotations
                .countsOf(itemIds)
                .flatMap(counted -> items.count(datasetId, counted, clock.instant())
                        // When one is gone meanwhile, what was made for it has to go, too.
                        .flatMap(there -> there < counted.size() ? settle(itemIds) : unless(counted)));
    }

    /** Counts again where others have changed something since. */
    private Mono<Void> unless(Map<String, Long> counted) {
        return annotations.countsOf(counted.keySet()).flatMap(now -> {
            List<String> changed = now.entrySet().stream()
                    .filter(item -> !item.getValue().equals(counted.get(item.getKey())))
                    .map(Map.Entry::getKey)
                    .toList();
            return changed.isEmpty() ? Mono.empty() : settle(changed);
        });
    }

    private static Set<String> without(Collection<String> ids, Set<String> existing) {
        Set<String> gone = new HashSet<>(ids);
        gone.removeAll(existing);
        return gone;
    }

    private Mono<Void> forgetOf(Collection<String> gone) {
        return gone.isEmpty()
                ? Mono.empty()
                : annotations.deleteOf(gone).then(features.forgetItems(gone)).then(events.forgetOf(gone));
    }

    private Mono<Void> forgetVectors(Collection<String> annotationIds) {
        return annotationIds.isEmpty()
                ? Mono.empty()
                : annotations
                        .places(annotationIds)
                        .map(Annotations.Place::id)
                        .collect(Collectors.toSet())
                        .flatMap(existing -> features.forgetAnnotations(without(annotationIds, existing)));
    }

    /** One round of what crashes left behind. */
    @Scheduled(initialDelay = 10, fixedDelay = 30, timeUnit = TimeUnit.SECONDS)
    Mono<Void> takeUp() {
        return leftBefore(clock.instant().minus(BEFORE_HELP)).onErrorResume(failure -> {
            log.warn("Counts of annotations that were cut short are taken up next time: {}", failure.toString());
            return Mono.empty();
        });
    }

    private Mono<Void> leftBefore(Instant then) {
        return mongo.execute(MARKS, marks -> marks.find(Filters.lt(AT, Date.from(then))))
                .concatMap(mark -> settle(mark.getList(ITEM_IDS, ObjectId.class).stream()
                                .map(ObjectId::toHexString)
                                .toList())
                        .then(forgetVectors(mark.getList(ANNOTATION_IDS, String.class, List.of())))
                        .then(remove(mark.getObjectId("_id"))))
                .then();
    }
}
