package io.sluice.itemservice.annotation;

import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.mapping.Field;
import org.springframework.data.mongodb.core.mapping.FieldType;

/**
 * An event of an annotation that the annotation itself does not tell of any more, as it is stored.
 *
 * @param id that of the event; of the deletion where there is one
 * @param version which the annotation had after it
 * @param changed what was different
 * @param at when it was; that of the deletion where there is one, which is later
 * @param changedAt when it was
 * @param deletedBy who has deleted the annotation after it; null when it was only changed
 */
@Document(LoggedEvent.COLLECTION)
record LoggedEvent(
        @Id String id,
        @Field(targetType = FieldType.OBJECT_ID) String itemId,
        @Field(targetType = FieldType.OBJECT_ID) String datasetId,
        String annotationId,
        long version,
        String by,
        Instant changedAt,
        Instant at,
        JsonObject changed,
        @Nullable String deletedBy) {

    static final String COLLECTION = "annotation_log";

    static LoggedEvent before(AnnotationState state) {
        AnnotationEvent last = state.lastEvent();
        return of(last.id(), state, last, last.at(), null);
    }

    static LoggedEvent ofDeletion(AnnotationState state, String by, Instant now) {
        return of(AnnotationEvent.idOfDeletion(state.id()), state, state.lastEvent(), now, by);
    }

    private static LoggedEvent of(
            String id, AnnotationState state, AnnotationEvent last, Instant at, @Nullable String deletedBy) {
        return new LoggedEvent(
                id,
                state.itemId(),
                state.datasetId(),
                state.id(),
                state.version(),
                last.by(),
                last.at(),
                at,
                last.change().stored(),
                deletedBy);
    }

    /** @param isThere whether the annotation is still there, so that nobody has deleted it after all */
    Stream<AnnotationEvent> events(boolean isThere) {
        AnnotationEvent event = new AnnotationEvent(
                AnnotationEvent.idOf(annotationId, version),
                annotationId,
                by,
                changedAt,
                AnnotationChange.of(changed),
                false);
        return deletedBy == null || isThere
                ? Stream.of(event)
                : Stream.of(
                        event,
                        new AnnotationEvent(
                                id,
                                annotationId,
                                deletedBy,
                                at,
                                new AnnotationChange(List.of(), JsonObject.EMPTY),
                                true));
    }
}
