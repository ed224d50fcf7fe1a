package io.sluice.itemservice.feature;

import io.sluice.itemservice.feature.FeatureEntities.FeatureEntity;
import io.sluice.itemservice.feature.FeatureMarks.Owners;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.access.ProjectClient;
import io.sluice.kit.audit.Recording;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.error.Problem;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Keeps vectors of entities that are there, in sets of the same project; all of a request or none. */
@Component
class VectorCreation {

    private static final int AT_ONCE = 8;

    private final FeatureSets sets;
    private final FeatureVectors vectors;
    private final FeatureMarks marks;
    private final List<FeatureEntities> entities;
    private final DatasetClient datasets;
    private final ProjectClient projects;
    private final Clock clock;

    VectorCreation(
            FeatureSets sets,
            FeatureVectors vectors,
            FeatureMarks marks,
            List<FeatureEntities> entities,
            DatasetClient datasets,
            ProjectClient projects,
            Clock clock) {
        this.sets = sets;
        this.vectors = vectors;
        this.marks = marks;
        this.entities = entities;
        this.datasets = datasets;
        this.projects = projects;
        this.clock = clock;
    }

    /** In the order in which they are wanted. */
    Mono<List<FeatureVector>> create(List<NewVector> wanted, Caller caller) {
        return wanted.isEmpty()
                ? Mono.just(List.of())
                : sets(wanted, caller)
                        .flatMap(known -> entities(wanted, known)
                                .delayUntil(there -> requireDatasets(wanted, known, there, caller))
                                .flatMap(there -> create(wanted, known, there, caller.userId())));
    }

    private Mono<Map<String, FeatureSet>> sets(List<NewVector> wanted, Caller caller) {
        Map<String, NewVector> first = new HashMap<>();
        wanted.forEach(vector -> first.putIfAbsent(vector.featureSetId(), vector));
        return Flux.fromIterable(first.entrySet())
                .flatMapSequential(entry -> set(entry.getKey(), entry.getValue(), caller), AT_ONCE)
                .<Map<String, FeatureSet>>collect(HashMap::new, (all, set) -> all.put(set.id(), set))
                .doOnNext(known -> wanted.forEach(vector -> vector.requireOf(setOf(vector, known))));
    }

    private Mono<FeatureSet> set(String setId, NewVector vector, Caller caller) {
        Supplier<ErrorResponseException> unknown =
                () -> Problem.NOT_FOUND.at(vector.said().where() + NewVector.FEATURE_SET_ID, "is no feature set");
        return sets.find(setId)
                .switchIfEmpty(projects.refuse(caller, unknown))
                .delayUntil(set -> projects.require(caller, set.projectId(), Permission.CREATE_ITEM, unknown));
    }

    private static FeatureSet setOf(NewVector vector, Map<String, FeatureSet> known) {
        return Objects.requireNonNull(known.get(vector.featureSetId().toLowerCase(Locale.ROOT)));
    }

    /** The entities that are there, by type and id. */
    private Mono<Map<EntityType, Map<String, FeatureEntity>>> entities(
            List<NewVector> wanted, Map<String, FeatureSet> known) {
        Map<EntityType, Set<String>> ids = new EnumMap<>(EntityType.class);
        wanted.forEach(vector -> ids.computeIfAbsent(setOf(vector, known).entities(), type -> new HashSet<>())
                .add(vector.entityId()));
        return Flux.fromIterable(entities)
                .filter(some -> ids.containsKey(some.type()))
                .concatMap(some -> some.find(Objects.requireNonNull(ids.get(some.type())))
                        .<Map<String, FeatureEntity>>collect(
                                HashMap::new, (all, entity) -> all.put(entity.id(), entity))
                        .map(there -> Map.entry(some.type(), there)))
                .<Map<EntityType, Map<String, FeatureEntity>>>collect(
                        () -> new EnumMap<>(EntityType.class), (all, some) -> all.put(some.getKey(), some.getValue()))
                .doOnNext(there -> wanted.forEach(vector -> requireDataset(vector, entityOf(vector, known, there))));
    }

    private static FeatureEntity entityOf(
            NewVector vector, Map<String, FeatureSet> known, Map<EntityType, Map<String, FeatureEntity>> there) {
        EntityType type = setOf(vector, known).entities();
        FeatureEntity entity =
                there.getOrDefault(type, Map.of()).get(vector.entityId().toLowerCase(Locale.ROOT));
        if (entity == null) {
            throw unknown(vector, type);
        }
        return entity;
    }

    private static ErrorResponseException unknown(NewVector vector, EntityType type) {
        return Problem.NOT_FOUND.at(
                vector.said().where() + NewVector.ENTITY_ID, "is no " + type.wireName() + " that you know of");
    }

    private static void requireDataset(NewVector vector, FeatureEntity entity) {
        String said = vector.datasetId();
        if (said != null && !said.equalsIgnoreCase(entity.datasetId())) {
            throw vector.said().invalid(NewVector.DATASET_ID, "is not the dataset of the entity");
        }
    }

    private Mono<Void> requireDatasets(
            List<NewVector> wanted,
            Map<String, FeatureSet> known,
            Map<EntityType, Map<String, FeatureEntity>> there,
            Caller caller) {
        record Place(String datasetId, String projectId) {}
        Map<Place, NewVector> places = new HashMap<>();
        wanted.forEach(vector -> places.putIfAbsent(
                new Place(
                        entityOf(vector, known, there).datasetId(),
                        setOf(vector, known).projectId()),
                vector));
        return Flux.fromIterable(places.entrySet())
                .flatMap(
                        place -> datasets.require(
                                        caller,
                                        place.getKey().datasetId(),
                                        Permission.CREATE_ITEM,
                                        () -> unknown(
                                                place.getValue(),
                                                setOf(place.getValue(), known).entities()))
                                .doOnNext(access -> {
                                    if (!access.projectId()
                                            .equals(place.getKey().projectId())) {
                                        throw place.getValue()
                                                .said()
                                                .invalid(
                                                        NewVector.ENTITY_ID,
                                                        "is in another project than the feature set");
                                    }
                                }),
                        AT_ONCE)
                .then();
    }

    private Mono<List<FeatureVector>> create(
            List<NewVector> wanted,
            Map<String, FeatureSet> known,
            Map<EntityType, Map<String, FeatureEntity>> there,
            String by) {
        Instant now = clock.instant();
        List<FeatureVector> made = new ArrayList<>();
        Map<EntityType, Set<String>> owners = new EnumMap<>(EntityType.class);
        for (NewVector vector : wanted) {
            FeatureSet set = setOf(vector, known);
            FeatureEntity entity = entityOf(vector, known, there);
            made.add(FeatureVector.of(set, entity, vector, by, now));
            owners.computeIfAbsent(set.entities(), type -> new HashSet<>()).add(entity.id());
        }
        List<String> ids = made.stream().map(FeatureVector::id).toList();
        return Recording.ofMany("created")
                .then(marks.around(Owners.ofVectors(Set.copyOf(known.keySet()), owners), vectors.insert(made)))
                .then(Mono.defer(() -> requireThere(ids)))
                .onErrorResume(failure -> vectors.delete(ids).then(Mono.error(failure)))
                .thenReturn(made);
    }

    /** What a vector belongs to may have been deleted at the same moment. */
    private Mono<Void> requireThere(List<String> ids) {
        return vectors.countOf(ids)
                .filter(there -> there < ids.size())
                .flatMap(fewer -> Mono.error(
                        Problem.NOT_FOUND.with("What a vector belongs to, or the feature set, has just been deleted")));
    }
}
