package io.sluice.itemservice.annotation;

import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.Sorts;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Mono;

/**
 * What has happened to annotations, and who did it. The last event of an annotation is in the annotation itself, written
 * with what it has changed; so none is ever lost, and making annotations costs nothing. Whoever changes or deletes one moves
 * that event here first; once more is as good as once.
 */
@Repository
class AnnotationLog {

    private static final Logger log = LoggerFactory.getLogger(AnnotationLog.class);

    /** Of an annotation that is changed often the oldest events go when so many more have come. */
    private static final int TRIMMED_EVERY = 100;

    private static final int BATCH = 1_000;
    private static final String ITEM_ID = "itemId";
    private static final String AT = "at";

    private final ReactiveMongoTemplate mongo;
    private final Annotations annotations;
    private final AnnotationProperties properties;
    private final Clock clock;

    AnnotationLog(ReactiveMongoTemplate mongo, Annotations annotations, AnnotationProperties properties, Clock clock) {
        this.mongo = mongo;
        this.annotations = annotations;
        this.properties = properties;
        this.clock = clock;
    }

    /** Keeps the last event of an annotation that is about to be changed. */
    Mono<Void> keep(AnnotationState state) {
        Document event = document(LoggedEvent.before(state));
        return mongo.execute(LoggedEvent.class, events -> events.insertOne(event))
                .onErrorResume(DuplicateKeyException.class, kept -> Mono.empty())
                .then(trim(state));
    }

    private Mono<Void> trim(AnnotationState state) {
        long most = properties.mostEvents();
        return state.version() % TRIMMED_EVERY != 0 || state.version() <= most
                ? Mono.empty()
                : mongo.execute(
                                LoggedEvent.class,
                                events -> events.deleteMany(Filters.and(
                                        Filters.gte("_id", AnnotationEvent.idOf(state.id(), 0)),
                                        Filters.lte("_id", AnnotationEvent.idOf(state.id(), state.version() - most)))))
                        .then();
    }

    /** Keeps the last event of annotations that are about to be deleted, and that they are. */
    Mono<Void> keepDeletion(Collection<AnnotationState> states, String by) {
        Instant now = clock.instant();
        List<ReplaceOneModel<Document>> events = states.stream()
                .map(state -> document(LoggedEvent.ofDeletion(state, by, now)))
                // Of one whose deletion was cut short there is such an event, which may be wrong by now.
                .map(event -> new ReplaceOneModel<>(
                        Filters.eq("_id", event.get("_id")), event, new ReplaceOptions().upsert(true)))
                .toList();
        return mongo.execute(LoggedEvent.class, all -> all.bulkWrite(events, new BulkWriteOptions().ordered(false)))
                .then();
    }

    /** Those of the ids whose annotations were deleted, or were about to be. */
    Mono<Set<String>> deleted(Collection<String> annotationIds) {
        List<String> events =
                annotationIds.stream().map(AnnotationEvent::idOfDeletion).toList();
        return mongo.execute(
                        LoggedEvent.class,
                        all -> all.find(Filters.in("_id", events)).projection(Projections.include("_id")))
                .map(event -> AnnotationEvent.annotationIdIn(event.getString("_id")))
                .collect(Collectors.toSet());
    }

    private Document document(LoggedEvent event) {
        Document document = new Document();
        mongo.getConverter().write(event, document);
        return document;
    }

    /**
     * Some events of an item.
     *
     * @param next behind which event the next ones are; null when these are the last
     */
    record Part(List<AnnotationEvent> events, @Nullable String next) {}

    /**
     * Those of an item, by annotation and then by time.
     *
     * @param after behind which event; empty for the first ones
     * @param most as many as are wanted
     */
    Mono<Part> of(String itemId, String after, int most) {
        String from = after.isEmpty() ? null : AnnotationEvent.annotationIdIn(after);
        boolean isWithin = from != null && !after.equals(AnnotationEvent.idOfDeletion(from));
        // Who changes an annotation keeps its last event first, so that what is not found here is found there.
        return annotations.statesOf(itemId, from, isWithin, most).collectList().flatMap(states -> {
            String end = states.size() < most
                    ? null
                    : AnnotationEvent.idOfDeletion(states.get(states.size() - 1).id());
            return kept(itemId, after, end, most).map(kept -> part(states, kept, after, end, most));
        });
    }

    private Mono<List<LoggedEvent>> kept(String itemId, String after, @Nullable String end, int most) {
        Bson range = Filters.and(Filters.eq(ITEM_ID, new ObjectId(itemId)), Filters.gt("_id", after));
        return mongo.execute(
                        LoggedEvent.class,
                        events -> events.find(end == null ? range : Filters.and(range, Filters.lte("_id", end)))
                                .sort(Sorts.ascending("_id"))
                                .limit(most)
                                .maxTime(Annotations.STREAM_TIME.toMillis(), TimeUnit.MILLISECONDS))
                .map(document -> mongo.getConverter().read(LoggedEvent.class, document))
                .collectList();
    }

    private static Part part(
            List<AnnotationState> states, List<LoggedEvent> kept, String after, @Nullable String end, int most) {
        Set<String> there = new HashSet<>();
        TreeMap<String, AnnotationEvent> all = new TreeMap<>();
        states.forEach(state -> {
            there.add(state.id());
            all.put(state.lastEvent().id(), state.lastEvent());
        });
        kept.stream()
                .flatMap(one -> one.events(there.contains(one.annotationId())))
                .forEach(event -> all.put(event.id(), event));
        String known = kept.size() < most ? end : kept.get(kept.size() - 1).id();
        List<AnnotationEvent> found = (known == null ? all : all.headMap(known, true))
                .tailMap(after, false).values().stream().limit(most + 1L).toList();
        return found.size() > most
                ? new Part(found.subList(0, most), found.get(most - 1).id())
                : new Part(found, known);
    }

    /** Forgets all of items that are gone. */
    Mono<Void> forgetOf(Collection<String> itemIds) {
        return deleted(Filters.in(ITEM_ID, itemIds.stream().map(ObjectId::new).toList()));
    }

    /** Forgets all of a dataset that is gone. */
    Mono<Void> forget(String datasetId) {
        return deleted(Filters.eq("datasetId", new ObjectId(datasetId)));
    }

    private Mono<Void> deleted(Bson filter) {
        return mongo.execute(LoggedEvent.class, events -> events.deleteMany(filter))
                .then();
    }

    /** Forgets what is older than anything is kept. */
    @Scheduled(initialDelay = 5, fixedDelay = 60, timeUnit = TimeUnit.MINUTES)
    Mono<Void> forgetOld() {
        Bson old = Filters.lt(AT, Date.from(clock.instant().minus(properties.eventsKept())));
        return forgetSome(old)
                .expand(count -> count < BATCH ? Mono.empty() : forgetSome(old))
                .then()
                .onErrorResume(failure -> {
                    log.warn("Old events of annotations are forgotten next time: {}", failure.toString());
                    return Mono.empty();
                });
    }

    private Mono<Integer> forgetSome(Bson filter) {
        return mongo.execute(
                        LoggedEvent.class,
                        events -> events.find(filter)
                                .projection(Projections.include("_id"))
                                .limit(BATCH))
                .map(event -> event.getString("_id"))
                .collectList()
                .flatMap(ids -> ids.isEmpty()
                        ? Mono.just(0)
                        : deleted(Filters.in("_id", ids)).thenReturn(ids.size()));
    }
}
