package io.sluice.modelservice.app;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.modelservice.dpk.DpkRevision;
import io.sluice.modelservice.dpk.DpkView;
import io.sluice.modelservice.dpk.FoundDpk;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An app as clients see it.
 *
 * @param orgId the organization of the project when it was installed; null for none
 * @param compositionId the id of the app: nothing runs that would have one of its own
 * @param routes always empty: nothing of it can be asked
 * @param integrations as they were said; none is ever used
 * @param dpk what is installed; left out when it is gone
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record AppView(
        String id,
        String name,
        String url,
        String status,
        String scope,
        String projectId,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String orgId,
        String dpkName,
        String dpkVersion,
        String compositionId,
        Map<String, String> routes,
        JsonObject customInstallation,
        JsonObject settings,
        @Nullable List<JsonObject> integrations,
        JsonObject metadata,
        boolean trusted,
        @Nullable DpkView dpk,
        String creator,

        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant createdAt,

        String updatedBy,

        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant updatedAt) {

    private static final String ISO_MILLIS = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'";

    /** @param api the root of the API, for the links */
    static AppView of(App app, @Nullable FoundDpk installed, String api) {
        return new AppView(
                app.id(),
                app.name(),
                api + "/apps/" + app.id(),
                app.status().wireName(),
                "project",
                app.projectId(),
                app.organizationId(),
                app.dpkName(),
                app.dpkVersion(),
                app.id(),
                Map.of(),
                app.content().object(App.CUSTOM_INSTALLATION),
                app.content().object("settings"),
                app.content().members().containsKey("integrations")
                        ? DpkRevision.objects(app.content().members().get("integrations"))
                        : null,
                new JsonObject(Map.of("system", Map.of())),
                false,
                installed == null ? null : DpkView.of(installed, api),
                app.creator(),
                app.createdAt(),
                app.updatedBy(),
                app.updatedAt());
    }
}
