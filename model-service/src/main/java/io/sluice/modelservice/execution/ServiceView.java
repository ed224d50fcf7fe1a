package io.sluice.modelservice.execution;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.sluice.kit.command.CommandRunner;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.modelservice.model.Model;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A deployed model as clients see it (contract ml §D.3). Every replica of the model-service runs every model, so nothing is kept
 * of it but that the model says so; its id is the model's.
 *
 * @param packageId always null: nothing but the model is run
 * @param runtime nothing that could be chosen: models share the replicas of the model-service
 * @param metadata {@code ml.modelId} is the model
 */
record ServiceView(
        String id,
        String name,
        String url,
        String projectId,
        @Nullable String packageId,
        String moduleName,
        String version,
        Map<String, String> versions,
        boolean active,
        boolean global,
        String type,
        Map<String, String> mode,
        Runtime runtime,
        Map<String, Object> initParams,
        int executionTimeout,
        int maxAttempts,
        String onReset,
        JsonObject metadata,
        String creator,

        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant createdAt,

        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant updatedAt) {

    private static final String ISO_MILLIS = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'";
    private static final int LONGEST_SECONDS = 3600;

    /** @param concurrency executions that a replica carries out at the same time */
    record Runtime(String podType, int numReplicas, int concurrency) {}

    /** @param api the root of the API, for the link */
    static ServiceView of(Model model, String name, int concurrency, String api) {
        return new ServiceView(
                model.id(),
                name,
                api + "/services/" + model.id(),
                model.projectId(),
                null,
                "model",
                "1.0.0",
                Map.of(),
                true,
                false,
                "regular",
                Map.of("type", "regular"),
                new Runtime("regular-xs", 1, concurrency),
                Map.of(),
                LONGEST_SECONDS,
                CommandRunner.MOST_ATTEMPTS,
                "rerun",
                new JsonObject(Map.of("ml", Map.of("modelId", model.id(), "modelOperation", "deploy"))),
                model.creator(),
                model.createdAt(),
                model.updatedAt());
    }
}
