package io.sluice.modelservice.metric;

import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * A point of a line in a figure about a model.
 *
 * @param datasetId what it was found with; null when nobody said
 * @param organizationId the organization of the model's project; null for none
 * @param legend which line of the figure; empty for the only one
 * @param data {@code x} and {@code y}, or {@code matrix}, or {@code summary}
 * @param executionId the evaluation that found it; null for what a client has published
 */
@Document(Metric.COLLECTION)
public record Metric(
        @Id String id,
        String modelId,
        String projectId,
        @Nullable String organizationId,
        @Nullable String datasetId,
        String figure,
        String legend,
        JsonObject data,
        @Nullable String executionId,
        String creator,
        Instant createdAt) {

    static final String COLLECTION = "metrics";

    /** As an evaluation finds it. */
    public record Point(String figure, String legend, Object x, Object y) {}

    static String newId() {
        return new ObjectId().toHexString();
    }
}
