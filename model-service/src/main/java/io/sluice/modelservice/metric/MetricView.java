package io.sluice.modelservice.metric;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A metric as clients see it.
 *
 * @param datasetId what it was found with; null when nobody said
 * @param legend which line of the figure; empty for the only one
 * @param data x and y, or matrix, or summary
 * @param type line, matrix or summary
 * @param executionId the evaluation that found it; null for what a client has published
 */
record MetricView(
        String id,
        String url,
        String modelId,
        @Nullable String datasetId,
        String figure,
        String legend,
        JsonObject data,
        String type,
        @Nullable String executionId,

        Context context,
        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant createdAt,
        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant updatedAt) {

    private static final String ISO_MILLIS = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'";

    /**
     * Whose it is.
     *
     * @param project the id of the model's project
     * @param org the id of the project's organization; null for none
     */
    record Context(String project, @Nullable String org, String creator) {}

    /** @param api the root of the API, for the link */
    static MetricView of(Metric metric, String api) {
        return new MetricView(
                metric.id(),
                api + "/ml/metrics/" + metric.id(),
                metric.modelId(),
                metric.datasetId(),
                metric.figure(),
                metric.legend(),
                metric.data(),
                typeOf(metric.data()),
                metric.executionId(),
                new Context(metric.projectId(), metric.organizationId(), metric.creator()),
                metric.createdAt(),
                metric.createdAt());
    }

    private static String typeOf(JsonObject data) {
        for (String type : new String[] {"matrix", "summary"}) {
            if (data.members().containsKey(type)) {
                return type;
            }
        }
        return "line";
    }
}
