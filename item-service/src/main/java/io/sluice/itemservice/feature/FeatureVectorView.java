package io.sluice.itemservice.feature;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A vector as clients see it (contract ml §C).
 *
 * @param project the id of its project
 * @param value its numbers
 */
record FeatureVectorView(
        String id,
        String url,
        String entityId,
        String featureSetId,
        String datasetId,
        String project,
        double[] value,
        @Nullable String version,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String parentId,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String org,

        String creator,
        String createdAt) {

    /** @param api the root of the API, for the link */
    static FeatureVectorView of(FeatureVector vector, String api) {
        return new FeatureVectorView(
                vector.id(),
                api + "/features/vectors/" + vector.id(),
                vector.entityId(),
                vector.featureSetId(),
                vector.datasetId(),
                vector.projectId(),
                Packed.numbers(vector.packed()),
                vector.version(),
                vector.parentId(),
                vector.org(),
                vector.creator(),
                FeatureSetView.MILLIS.format(vector.createdAt()));
    }
}
