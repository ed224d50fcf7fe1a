package io.sluice.modelservice.dpk;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A version of a DPK as clients see it.
 *
 * @param id of this version
 * @param baseId the same for all versions
 * @param displayName the name unless something else was said
 * @param latest whether it is the highest version
 * @param codebase where its code is kept, which is never run
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DpkView(
        String id,
        String baseId,
        String name,
        String url,
        String version,
        String displayName,
        String description,
        String icon,
        List<String> tags,
        List<String> categories,
        JsonObject attributes,
        String scope,
        boolean latest,
        boolean trusted,
        @Nullable JsonObject codebase,
        JsonObject components,
        @Nullable List<JsonObject> dependencies,
        JsonObject metadata,
        Context context,
        String creator,

        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant createdAt,

        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant updatedAt) {

    private static final String ISO_MILLIS = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'";

    /**
     * Whose it is.
     *
     * @param org the organization whose projects may have it
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Context(String project, @Nullable String org, String creator) {}

    /** @param api the root of the API, for the link */
    public static DpkView of(FoundDpk found, String api) {
        Dpk dpk = found.dpk();
        DpkRevision revision = found.revision();
        Map<String, @Nullable Object> about = dpk.about().members();
        JsonObject content = revision.content();
        return new DpkView(
                revision.id(),
                dpk.id(),
                dpk.name(),
                api + "/app-registry/" + revision.id(),
                revision.version(),
                text(about.get("displayName"), dpk.name()),
                text(about.get("description"), ""),
                text(about.get("icon"), ""),
                list(about.get("tags")),
                list(about.get("categories")),
                dpk.about().object("attributes"),
                dpk.organizationId() == null ? "project" : "organization",
                revision.id().equals(dpk.latest()),
                false,
                content.members().containsKey("codebase") ? content.object("codebase") : null,
                content.object(Manifest.COMPONENTS),
                content.members().containsKey("dependencies")
                        ? DpkRevision.objects(content.members().get("dependencies"))
                        : null,
                content.object("metadata"),
                new Context(dpk.projectId(), dpk.organizationId(), dpk.creator()),
                revision.creator(),
                revision.createdAt(),
                dpk.updatedAt());
    }

    private static String text(@Nullable Object said, String otherwise) {
        return said instanceof String text ? text : otherwise;
    }

    private static List<String> list(@Nullable Object said) {
        return said instanceof List<?> list
                ? list.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toList()
                : List.of();
    }
}
