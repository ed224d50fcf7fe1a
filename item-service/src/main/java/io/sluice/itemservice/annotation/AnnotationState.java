package io.sluice.itemservice.annotation;

import com.mongodb.client.model.Projections;
import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.util.List;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Field;
import org.springframework.data.mongodb.core.mapping.FieldType;

/**
 * An annotation without what it says, however much that is: who has it made what it is, and what it was that he changed.
 *
 * @param version as stored, so never 0
 * @param changed see {@link Annotation}
 */
record AnnotationState(
        @Id String id,
        long version,
        @Field(targetType = FieldType.OBJECT_ID) String itemId,
        @Field(targetType = FieldType.OBJECT_ID) String datasetId,
        String type,
        String label,
        String updatedBy,
        Instant updatedAt,
        @Nullable JsonObject changed) {

    private static final long FIRST = 1;

    static final Bson FIELDS = Projections.include(
            "version", "itemId", "datasetId", "type", "label", "updatedBy", "updatedAt", Annotation.CHANGED);

    static AnnotationState of(Annotation annotation) {
        return new AnnotationState(
                annotation.id(),
                annotation.version(),
                annotation.itemId(),
                annotation.datasetId(),
                annotation.type(),
                annotation.label(),
                annotation.updatedBy(),
                annotation.updatedAt(),
                annotation.changed());
    }

    /** What has made it what it is. */
    AnnotationEvent lastEvent() {
        return new AnnotationEvent(AnnotationEvent.idOf(id, version), id, updatedBy, updatedAt, change(), false);
    }

    private AnnotationChange change() {
        return changed != null
                ? AnnotationChange.of(changed)
                : version == FIRST
                        ? new AnnotationChange(
                                List.of("type", "label"),
                                JsonObject.EMPTY.with("type", type).with("label", label))
                        // It was changed before it was noted what.
                        : new AnnotationChange(List.of(), JsonObject.EMPTY);
    }
}
