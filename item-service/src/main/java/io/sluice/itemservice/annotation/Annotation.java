package io.sluice.itemservice.annotation;

import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.util.Date;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.mapping.Field;
import org.springframework.data.mongodb.core.mapping.FieldType;

/**
 * What is said of an item, as it is stored (contract ml §A.2).
 *
 * @param version counts the changes, from 0 for a document that is not stored yet
 * @param label a name of the ontology, for nested ones a dotted path; any other will do
 * @param content what else the client says: {@code coordinates}, {@code attributes}, {@code description} and the like
 * @param metadata {@code system} is the platform's and the annotation tools', everything else the users'
 * @param changed what the last change has changed ({@link AnnotationChange#stored}); null when there was none
 */
@Document(Annotation.COLLECTION)
record Annotation(
        @Id String id,
        @Version long version,
        @Field(targetType = FieldType.OBJECT_ID) String itemId,
        @Field(targetType = FieldType.OBJECT_ID) String datasetId,
        String type,
        String label,
        JsonObject content,
        JsonObject metadata,
        String hash,
        String creator,
        Instant createdAt,
        String updatedBy,
        Instant updatedAt,
        @Nullable JsonObject changed) {

    static final String COLLECTION = "annotations";
    static final String COORDINATES = "coordinates";
    static final String ATTRIBUTES = "attributes";
    static final String SYSTEM = "system";
    static final String CHANGED = "changed";

    static Annotation of(AnnotatedItems.AnnotatedItem item, AnnotationContent content, String by, Instant now) {
        return of(new ObjectId().toHexString(), item, content, by, now);
    }

    static Annotation of(
            String id, AnnotatedItems.AnnotatedItem item, AnnotationContent content, String by, Instant now) {
        return new Annotation(
                id,
                0,
                item.id(),
                item.datasetId(),
                content.type(),
                content.label(),
                content.rest(),
                content.metadata(),
                content.hash(),
                by,
                now,
                by,
                now,
                null);
    }

    /**
     * A copy of this annotation for another item.
     *
     * @param copyId the id it gets
     */
    Annotation copiedTo(
            String copyId, String toItemId, String toDatasetId, JsonObject newMetadata, String by, Instant now) {
        return new Annotation(
                copyId,
                0,
                toItemId,
                toDatasetId,
                type,
                label,
                content.with("srcAnnotation", id),
                newMetadata,
                hash,
                by,
                now,
                by,
                now,
                null);
    }

    /**
     * The form in which the database keeps it: the same that Spring Data would make of it.
     *
     * @param storedVersion the version it then has
     */
    org.bson.Document toDocument(long storedVersion) {
        org.bson.Document document = new org.bson.Document("_id", new ObjectId(id))
                .append("version", storedVersion)
                .append("itemId", new ObjectId(itemId))
                .append("datasetId", new ObjectId(datasetId))
                .append("type", type)
                .append("label", label)
                .append("content", content.toDocument())
                .append("metadata", metadata.toDocument())
                .append("hash", hash)
                .append("creator", creator)
                .append("createdAt", Date.from(createdAt))
                .append("updatedBy", updatedBy)
                .append("updatedAt", Date.from(updatedAt));
        return changed == null ? document : document.append(CHANGED, changed.toDocument());
    }

    AnnotationContent said() {
        return new AnnotationContent(type, label, content, metadata);
    }

    Annotation saying(AnnotationContent content, String by, Instant now) {
        return new Annotation(
                id,
                version,
                itemId,
                datasetId,
                content.type(),
                content.label(),
                content.rest(),
                content.metadata(),
                content.hash(),
                creator,
                createdAt,
                by,
                now,
                AnnotationChange.between(said(), content).stored());
    }
}
