package io.sluice.itemservice.feature;

import io.sluice.itemservice.project.GoneProjects;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Deletes vectors with what they belong to. Whoever deletes that calls afterwards, and again after a crash; what is made
 * at the same moment takes care of itself ({@link FeatureMarks}).
 */
@Component
public class FeatureDeletion {

    private final FeatureSets sets;
    private final FeatureVectors vectors;
    private final FeatureMarks marks;
    private final GoneProjects goneProjects;

    FeatureDeletion(FeatureSets sets, FeatureVectors vectors, FeatureMarks marks, GoneProjects goneProjects) {
        this.sets = sets;
        this.vectors = vectors;
        this.marks = marks;
        this.goneProjects = goneProjects;
    }

    /** Those of items that are gone, and of their annotations. */
    public Mono<Void> forgetItems(Collection<String> itemIds) {
        return vectors.deleteBy(FeatureVector.ITEM_ID, itemIds);
    }

    /** Those of annotations that are gone. */
    public Mono<Void> forgetAnnotations(Collection<String> annotationIds) {
        return vectors.deleteBy(FeatureVector.ENTITY_ID, annotationIds);
    }

    /** All in a dataset that is gone. */
    public Mono<Void> forgetDataset(String datasetId) {
        return vectors.deleteBy(FeatureVector.DATASET_ID, Set.of(datasetId));
    }

    /** Deletes a set with all its vectors, which are many: who crashes over it leaves a mark. */
    Mono<Void> delete(FeatureSet set) {
        return marks.around(FeatureMarks.Owners.ofVectors(Set.of(set.id()), Map.of()), sets.delete(Set.of(set.id())));
    }

    /** Deletes everything of a project that is gone. Doing it again changes nothing. */
    Mono<Void> deleteProject(String projectId) {
        return goneProjects.add(projectId).then(marks.forgetProject(projectId));
    }
}
