package io.sluice.itemservice.feature;

import io.sluice.itemservice.feature.FeatureEntities.FeatureEntity;
import io.sluice.itemservice.feature.FeatureMarks.Owners;
import io.sluice.itemservice.feature.FeatureSetEdit.NewSet;
import io.sluice.kit.error.Problem;
import io.sluice.kit.query.Condition;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.types.ObjectId;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Mono;

/** Keeps what models make of items: one vector of an item, in one set for a model. */
@Component
class ModelVectors {

    private final FeatureSets sets;
    private final FeatureSetEdit edit;
    private final FeatureVectors vectors;
    private final FeatureMarks marks;
    private final FeatureEntities items;
    private final Clock clock;

    ModelVectors(
            FeatureSets sets,
            FeatureSetEdit edit,
            FeatureVectors vectors,
            FeatureMarks marks,
            List<FeatureEntities> entities,
            Clock clock) {
        this.sets = sets;
        this.edit = edit;
        this.vectors = vectors;
        this.marks = marks;
        this.items = entities.stream()
                .filter(some -> some.type() == EntityType.ITEM)
                .findFirst()
                .orElseThrow();
        this.clock = clock;
    }

    /** A model that makes vectors. */
    record Maker(String projectId, String modelId, String modelName) {}

    /**
     * Keeps vectors in place of those that the model made of the same items before; those of items that are gone are left out.
     * Once more is as good as once.
     *
     * @param numbers by the ids of the items
     * @return or {@link Problem#UNSUPPORTED} when the set of the model has vectors of another size
     */
    Mono<Void> keep(Maker maker, Map<String, double[]> numbers, String by) {
        if (numbers.isEmpty()) {
            return Mono.empty();
        }
        int size = numbers.values().iterator().next().length;
        return set(maker, size, by)
                .flatMap(set ->
                        items.find(numbers.keySet()).collectList().flatMap(there -> keep(set, there, numbers, by)));
    }

    private Mono<FeatureSet> set(Maker maker, int size, String by) {
        Mono<FeatureSet> known =
                sets.ofModel(maker.projectId(), maker.modelId()).next();
        return known.switchIfEmpty(Mono.defer(() -> create(maker, maker.modelName(), size, by)))
                // Somebody else has made it at the same moment, or a set of that name is another's.
                .onErrorResume(
                        ModelVectors::isTaken,
                        taken -> known.switchIfEmpty(
                                Mono.defer(() -> create(maker, maker.modelName() + " " + maker.modelId(), size, by))))
                .doOnNext(set -> {
                    if (set.size() != size) {
                        throw Problem.UNSUPPORTED.with("The feature set " + set.id() + " of the model has vectors of "
                                + set.size() + " numbers, and these have " + size + "; delete it first");
                    }
                });
    }

    private Mono<FeatureSet> create(Maker maker, String name, int size, String by) {
        FeatureSetContent content =
                new FeatureSetContent(name, "embedding", EntityType.ITEM, size, maker.modelId(), null, List.of());
        NewSet wanted = new NewSet(new Input(Map.of(), ""), maker.projectId(), content);
        return edit.create(List.of(wanted), by).map(made -> made.get(0));
    }

    private static boolean isTaken(Throwable failure) {
        return failure instanceof ErrorResponseException problem
                && problem.getStatusCode().isSameCodeAs(HttpStatus.CONFLICT);
    }

    private Mono<Void> keep(FeatureSet set, List<FeatureEntity> there, Map<String, double[]> numbers, String by) {
        List<String> ids = there.stream().map(FeatureEntity::id).toList();
        return vectors.ofEntities(ids, new Condition.All(List.of()))
                .filter(vector -> vector.featureSetId().equals(set.id()))
                .collectList()
                .flatMap(before -> {
                    Set<String> same = new HashSet<>();
                    List<String> others = new ArrayList<>();
                    for (FeatureVector vector : before) {
                        boolean isSame = Arrays.equals(vector.packed(), packed(numbers, vector.entityId()))
                                && same.add(vector.entityId());
                        if (!isSame) {
                            others.add(vector.id());
                        }
                    }
                    List<FeatureEntity> missing = there.stream()
                            .filter(item -> !same.contains(item.id()))
                            .toList();
                    return insert(set, missing, numbers, by).then(vectors.delete(others));
                });
    }

    private static byte[] packed(Map<String, double[]> numbers, String itemId) {
        return Packed.of(numbers.getOrDefault(itemId, new double[0]));
    }

    private Mono<Void> insert(FeatureSet set, List<FeatureEntity> items, Map<String, double[]> numbers, String by) {
        if (items.isEmpty()) {
            return Mono.empty();
        }
        Instant now = clock.instant();
        Set<String> ids = new HashSet<>();
        List<FeatureVector> made = new ArrayList<>();
        for (FeatureEntity item : items) {
            ids.add(item.id());
            made.add(new FeatureVector(
                    new ObjectId().toHexString(),
                    set.id(),
                    item.id(),
                    item.itemId(),
                    item.datasetId(),
                    set.projectId(),
                    packed(numbers, item.id()),
                    null,
                    null,
                    null,
                    by,
                    now));
        }
        return marks.around(Owners.ofVectors(Set.of(set.id()), Map.of(EntityType.ITEM, ids)), vectors.insert(made))
                .then();
    }
}
