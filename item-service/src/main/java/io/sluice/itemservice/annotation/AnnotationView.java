package io.sluice.itemservice.annotation;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.kit.mongo.JsonObject;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An annotation as clients see it (contract ml §A.2): the SDK leaves one out of a list in which a key is missing.
 *
 * @param coordinates in the form of the type
 */
record AnnotationView(
        String id,
        String url,
        String type,
        String label,
        @Schema(implementation = Object.class) Object attributes,
        @Schema(implementation = Object.class) Object coordinates,
        JsonObject metadata,
        String creator,
        String createdAt,
        String updatedBy,
        String updatedAt,
        String itemId,
        String item,
        String datasetId,
        String dataset,
        String hash,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String source,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String description,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String srcAnnotation,

        @Schema(implementation = Object.class) Object labelSuggestions) {

    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** @param api the root of the API, for the links */
    static AnnotationView of(Annotation annotation, String api) {
        Map<String, @Nullable Object> content = annotation.content().members();
        return new AnnotationView(
                annotation.id(),
                api + "/annotations/" + annotation.id(),
                annotation.type(),
                annotation.label(),
                orNone(content.get(Annotation.ATTRIBUTES)),
                orNone(content.get(Annotation.COORDINATES)),
                annotation.metadata(),
                annotation.creator(),
                text(annotation.createdAt()),
                annotation.updatedBy(),
                text(annotation.updatedAt()),
                annotation.itemId(),
                api + "/items/" + annotation.itemId(),
                annotation.datasetId(),
                api + "/datasets/" + annotation.datasetId(),
                annotation.hash(),
                (String) content.get("source"),
                (String) content.get("description"),
                (String) content.get("srcAnnotation"),
                orNone(content.get("labelSuggestions")));
    }

    private static Object orNone(@Nullable Object value) {
        return Objects.requireNonNullElse(value, List.of());
    }

    /** A time in their words. */
    static String text(Instant instant) {
        return MILLIS.format(instant);
    }
}
