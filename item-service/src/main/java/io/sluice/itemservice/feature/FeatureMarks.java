package io.sluice.itemservice.feature;

import com.mongodb.client.model.Filters;
import io.sluice.itemservice.project.GoneProjects;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.EnumMap;
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
 * Keeps vectors and sets from staying behind without what they belong to, without transactions. Who makes some first stores
 * a mark that names what they will belong to, then makes them, then looks whether that is still there, and deletes what
 * belongs to nothing; only then the mark goes. Who deletes what they belong to deletes them afterwards. So whoever
 * comes second sees what the first has done, and for a mark that was left behind somebody else looks.
 */
@Component
class FeatureMarks {

    private static final Logger log = LoggerFactory.getLogger(FeatureMarks.class);

    /** Who has left a mark is given that long before somebody helps. */
    static final Duration BEFORE_HELP = Duration.ofMinutes(1);

    static final String COLLECTION = "feature_changes";

    private static final String AT = "at";
    private static final String PROJECTS = "projectIds";
    private static final String SETS = "setIds";

    private final ReactiveMongoTemplate mongo;
    private final FeatureSets sets;
    private final FeatureVectors vectors;
    private final GoneProjects goneProjects;
    private final Map<EntityType, FeatureEntities> entities = new EnumMap<>(EntityType.class);
    private final Clock clock;

    FeatureMarks(
            ReactiveMongoTemplate mongo,
            FeatureSets sets,
            FeatureVectors vectors,
            GoneProjects goneProjects,
            List<FeatureEntities> entities,
            Clock clock) {
        this.mongo = mongo;
        this.sets = sets;
        this.vectors = vectors;
        this.goneProjects = goneProjects;
        this.clock = clock;
        entities.forEach(some -> this.entities.put(some.type(), some));
    }

    /**
     * What sets and vectors belong to.
     *
     * @param projects of sets
     * @param sets of vectors
     * @param entities of vectors
     */
    record Owners(Set<String> projects, Set<String> sets, Map<EntityType, Set<String>> entities) {

        static Owners ofSets(Set<String> projectIds) {
            return new Owners(projectIds, Set.of(), Map.of());
        }

        static Owners ofVectors(Set<String> setIds, Map<EntityType, Set<String>> entities) {
            return new Owners(Set.of(), setIds, entities);
        }

        private Document toMark(Instant now) {
            Document mark = new Document("_id", new ObjectId())
                    .append(AT, Date.from(now))
                    .append(PROJECTS, List.copyOf(projects))
                    .append(SETS, List.copyOf(sets));
            entities.forEach((type, ids) -> mark.append(type.wireName(), List.copyOf(ids)));
            return mark;
        }

        private static Owners of(Document mark) {
            Map<EntityType, Set<String>> entities = new EnumMap<>(EntityType.class);
            for (EntityType type : EntityType.values()) {
                if (mark.containsKey(type.wireName())) {
                    entities.put(type, Set.copyOf(mark.getList(type.wireName(), String.class)));
                }
            }
            return new Owners(
                    Set.copyOf(mark.getList(PROJECTS, String.class)),
                    Set.copyOf(mark.getList(SETS, String.class)),
                    entities);
        }
    }

    /** Makes or deletes sets or vectors. */
    <T> Mono<T> around(Owners owners, Mono<T> change) {
        return Mono.defer(() -> {
            Document mark = owners.toMark(clock.instant());
            return mongo.execute(COLLECTION, marks -> marks.insertOne(mark))
                    .then(change.materialize())
                    .delayUntil(end -> settle(owners))
                    .delayUntil(end -> remove(mark))
                    .dematerialize();
        });
    }

    private Mono<Void> remove(Document mark) {
        return mongo.execute(COLLECTION, marks -> marks.deleteOne(Filters.eq("_id", mark.getObjectId("_id"))))
                .then();
    }

    private Mono<Void> settle(Owners owners) {
        return Flux.fromIterable(owners.projects())
                .filterWhen(goneProjects::contains)
                .concatMap(this::forgetProject)
                .then(without(owners.sets(), sets.existing(owners.sets())))
                .flatMap(gone -> vectors.deleteBy(FeatureVector.FEATURE_SET_ID, gone))
                .thenMany(Flux.fromIterable(owners.entities().entrySet()))
                .concatMap(some -> without(some.getValue(), existing(some.getKey(), some.getValue())))
                .concatMap(gone -> vectors.deleteBy(FeatureVector.ENTITY_ID, gone))
                .then();
    }

    private Flux<String> existing(EntityType type, Collection<String> ids) {
        FeatureEntities some = entities.get(type);
        return some == null ? Flux.fromIterable(ids) : some.find(ids).map(FeatureEntities.FeatureEntity::id);
    }

    private static Mono<Set<String>> without(Set<String> ids, Flux<String> existing) {
        return ids.isEmpty()
                ? Mono.just(Set.of())
                : existing.collect(Collectors.toSet()).map(there -> {
                    Set<String> gone = new HashSet<>(ids);
                    gone.removeAll(there);
                    return gone;
                });
    }

    /** Deletes all sets and vectors of a project that is gone. */
    Mono<Void> forgetProject(String projectId) {
        return sets.deleteOfProject(projectId).then(vectors.deleteBy(FeatureVector.PROJECT_ID, Set.of(projectId)));
    }

    /** One round of what crashes left behind. */
    @Scheduled(initialDelay = 10, fixedDelay = 30, timeUnit = TimeUnit.SECONDS)
    Mono<Void> takeUp() {
        return leftBefore(clock.instant().minus(BEFORE_HELP)).onErrorResume(failure -> {
            log.warn("Changes of feature vectors that were cut short are taken up next time: {}", failure.toString());
            return Mono.empty();
        });
    }

    private Mono<Void> leftBefore(Instant then) {
        return mongo.execute(COLLECTION, marks -> marks.find(Filters.lt(AT, Date.from(then))))
                .concatMap(mark -> settle(Owners.of(mark)).then(remove(mark)))
                .then();
    }
}
