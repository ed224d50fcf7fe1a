package io.sluice.modelservice.model;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A model as clients see it (contract ml §D.1).
 *
 * @param version of the model, as its maker counts
 * @param onnx the one of its files that this platform can run; null for none
 */
record ModelView(
        String id,
        String name,
        String url,
        String description,
        String version,
        String status,
        String scope,
        List<String> tags,
        List<String> labels,
        String inputType,
        String outputType,
        @Nullable String packageId,
        @Nullable String moduleName,
        @Nullable String datasetId,
        JsonObject configuration,
        List<JsonObject> artifacts,
        JsonObject metadata,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable JsonObject app,
        @Nullable RunnableFile onnx,

        Context context,
        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant createdAt,
        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant updatedAt,
        String updatedBy,
        List<StatusLog> statusLogs) {

    private static final String ISO_MILLIS = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'";

    /**
     * Whose it is.
     *
     * @param project the id of its project
     * @param org the id of the project's organization when it was made; null for none
     */
    record Context(String project, @Nullable String org, String creator) {}

    /** That its status became this. */
    record StatusLog(
            String status,

            @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC")
            Instant timestamp,

            String creator) {}

    /** @param api the root of the API, for the link */
    static ModelView of(Model model, ModelContent content, String api) {
        return new ModelView(
                model.id(),
                content.wholeName(),
                api + "/ml/models/" + model.id(),
                Objects.requireNonNull(content.description()),
                Objects.requireNonNull(content.version()),
                Objects.requireNonNull(content.status()),
                Objects.requireNonNull(content.scope()),
                Objects.requireNonNull(content.tags()),
                Objects.requireNonNull(content.labels()),
                Objects.requireNonNull(content.inputType()),
                Objects.requireNonNull(content.outputType()),
                content.packageId(),
                content.moduleName(),
                content.datasetId(),
                Objects.requireNonNull(content.configuration()),
                Objects.requireNonNull(content.artifacts()),
                withSystem(Objects.requireNonNull(content.metadata())),
                content.app(),
                model.runnable(),
                new Context(model.projectId(), model.organizationId(), model.creator()),
                model.createdAt(),
                model.updatedAt(),
                model.updatedBy(),
                model.statusLogs().stream()
                        .map(change -> new StatusLog(change.status(), change.timestamp(), change.creator()))
                        .toList());
    }

    /** The SDK looks into it without asking whether it is there. */
    private static JsonObject withSystem(JsonObject metadata) {
        return metadata.with("system", metadata.object("system"));
    }
}
