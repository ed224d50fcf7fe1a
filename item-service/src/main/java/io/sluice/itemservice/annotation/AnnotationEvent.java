package io.sluice.itemservice.annotation;

import java.time.Instant;
import java.util.Locale;

/**
 * That an annotation was made, changed or deleted.
 *
 * @param id the same however often it is told; those of an annotation rise with time
 * @param change what is different since then; of a new annotation its type and label, of a deleted one nothing
 */
record AnnotationEvent(
        String id, String annotationId, String by, Instant at, AnnotationChange change, boolean isDeletion) {

    /** Behind the id of the annotation, its version: as many digits as that never needs. */
    private static final String LAST = "ffffffffffff";

    static String idOf(String annotationId, long version) {
        return annotationId + String.format(Locale.ROOT, "%012x", version);
    }

    /** There is only one of an annotation, behind all others. */
    static String idOfDeletion(String annotationId) {
        return annotationId + LAST;
    }

    static String annotationIdIn(String eventId) {
        return eventId.substring(0, eventId.length() - LAST.length());
    }
}
