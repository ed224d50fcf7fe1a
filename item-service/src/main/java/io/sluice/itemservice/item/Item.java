package io.sluice.itemservice.item;

import io.sluice.itemservice.content.Content;
import io.sluice.kit.mongo.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.mapping.Field;
import org.springframework.data.mongodb.core.mapping.FieldType;

/**
 * A file or a directory of a dataset as it is stored (contract core §5.1). Unique by dataset and path.
 *
 * @param version counts the changes, from 0 for a document that is not stored yet
 * @param type {@link #FILE} or {@link #DIRECTORY}
 * @param filename the whole path
 * @param name its last segment
 * @param dir the path of the directory it is in
 * @param description free text, null when there is none
 * @param annotationsCount how many annotations it has; {@code annotated} says whether it has any
 * @param content its bytes; null for a directory
 * @param movedFrom for a directory that has moved but is still waiting for what is in it: where it was; else null
 * @param source for a copy: what it was made of; else null
 * @param quietVersion the version that the platform made without being asked, with its latest {@link #noting}; null for none
 * @param metadata {@code system} is the platform's, everything else the users'
 */
@Document("items")
record Item(
        @Id String id,
        @Version long version,
        @Field(targetType = FieldType.OBJECT_ID) String datasetId,
        String type,
        String filename,
        String name,
        String dir,
        boolean hidden,
        String creator,
        Instant createdAt,
        String updatedBy,
        Instant updatedAt,
        @Nullable String description,
        boolean annotated,
        long annotationsCount,
        @Nullable Content content,
        @Nullable String movedFrom,
        @Nullable Source source,
        @Nullable Long quietVersion,
        JsonObject metadata) {

    /**
     * Where a copy comes from.
     *
     * @param itemId what it was copied from, which may be gone
     */
    record Source(
            @Field(targetType = FieldType.OBJECT_ID) String itemId,
            @Field(targetType = FieldType.OBJECT_ID) String datasetId) {}

    static final String FILE = "file";
    static final String DIRECTORY = "dir";
    static final String SYSTEM = "system";

    static Item file(
            String datasetId,
            ItemPath path,
            Content content,
            JsonObject metadata,
            @Nullable String description,
            String creator,
            Clock clock) {
        return fresh(datasetId, FILE, path, content, metadata, description, creator, clock);
    }

    static Item directory(String datasetId, ItemPath path, String creator, Clock clock) {
        JsonObject metadata = new JsonObject(Map.of(SYSTEM, Map.of()));
        return fresh(datasetId, DIRECTORY, path, null, metadata, null, creator, clock);
    }

    private static Item fresh(
            String datasetId,
            String type,
            ItemPath path,
            @Nullable Content content,
            JsonObject metadata,
            @Nullable String description,
            String creator,
            Clock clock) {
        Birth birth = Birth.now(clock);
        Instant now = birth.time();
        return new Item(
                birth.id(),
                0,
                datasetId,
                type,
                path.value(),
                path.name(),
                path.parent().value(),
                path.isHidden(),
                creator,
                now,
                creator,
                now,
                description,
                false,
                0,
                content,
                null,
                null,
                null,
                metadata);
    }

    /**
     * A copy of this file for another place; it names the same bytes.
     *
     * @param copyId the id it gets
     */
    Item copiedTo(String copyId, String toDatasetId, ItemPath path, JsonObject newMetadata, String by, Instant now) {
        return new Item(
                copyId,
                0,
                toDatasetId,
                type,
                path.value(),
                path.name(),
                path.parent().value(),
                path.isHidden(),
                by,
                now,
                by,
                now,
                description,
                false,
                0,
                content,
                null,
                new Source(id, datasetId),
                null,
                Thumbnails.without(newMetadata));
    }

    /** An id and a time of creation; of two items of a process, the one with the higher id is never the older one. */
    private record Birth(String id, Instant time) {

        static synchronized Birth now(Clock clock) {
            return new Birth(new ObjectId().toHexString(), clock.instant());
        }
    }

    /** The form in which the database keeps it when it is new: the same that Spring Data would make of it, sooner. */
    org.bson.Document toDocument() {
        org.bson.Document stored = new org.bson.Document("_id", new ObjectId(id))
                .append("version", 1L)
                .append("datasetId", new ObjectId(datasetId))
                .append("type", type)
                .append("filename", filename)
                .append("name", name)
                .append("dir", dir)
                .append("hidden", hidden)
                .append("creator", creator)
                .append("createdAt", Date.from(createdAt))
                .append("updatedBy", updatedBy)
                .append("updatedAt", Date.from(updatedAt));
        if (description != null) {
            stored.append("description", description);
        }
        stored.append("annotated", annotated).append("annotationsCount", annotationsCount);
        if (content != null) {
            stored.append("content", new org.bson.Document("sha256", content.sha256()).append("size", content.size()));
        }
        return stored.append("metadata", metadata.toDocument());
    }

    /** This item, not stored yet, with so many annotations. */
    Item annotatedWith(long annotations) {
        return annotations == annotationsCount
                ? this
                : new Item(
                        id,
                        version,
                        datasetId,
                        type,
                        filename,
                        name,
                        dir,
                        hidden,
                        creator,
                        createdAt,
                        updatedBy,
                        updatedAt,
                        description,
                        annotations > 0,
                        annotations,
                        content,
                        movedFrom,
                        source,
                        quietVersion,
                        metadata);
    }

    boolean isDirectory() {
        return type.equals(DIRECTORY);
    }

    ItemPath path() {
        return new ItemPath(filename);
    }

    /** This item with other bytes and what goes with them; the id stays. */
    Item overwrittenBy(Item upload) {
        return with(upload.content(), upload.description(), upload.metadata(), upload.creator(), upload.updatedAt());
    }

    /** This file with the bytes and the metadata of a revision, not stored yet. */
    Item restored(ItemRevision revision) {
        return with(
                revision.content(),
                revision.description(),
                Thumbnails.without(revision.metadata()),
                updatedBy,
                updatedAt);
    }

    /**
     * This item with a member of {@code metadata.system} that the platform found out on its own. Nobody has changed it: who
     * read it just before may go on as if it were still like that.
     */
    Item noting(String key, String value) {
        JsonObject system = metadata.object(SYSTEM).with(key, value);
        return new Item(
                id,
                version,
                datasetId,
                type,
                filename,
                name,
                dir,
                hidden,
                creator,
                createdAt,
                updatedBy,
                updatedAt,
                description,
                annotated,
                annotationsCount,
                content,
                movedFrom,
                source,
                // The one that it gets by being saved.
                version + 1,
                metadata.with(SYSTEM, system));
    }

    /** Whether what came last was a {@link #noting}. */
    boolean isOnlyNoted() {
        return quietVersion != null && quietVersion == version;
    }

    Item edited(@Nullable String newDescription, JsonObject newMetadata, String by, Instant now) {
        return with(content, newDescription, newMetadata, by, now);
    }

    private Item with(
            @Nullable Content newContent,
            @Nullable String newDescription,
            JsonObject newMetadata,
            String by,
            Instant now) {
        return new Item(
                id,
                version,
                datasetId,
                type,
                filename,
                name,
                dir,
                hidden,
                creator,
                createdAt,
                by,
                now,
                newDescription,
                annotated,
                annotationsCount,
                newContent,
                movedFrom,
                source,
                quietVersion,
                newMetadata);
    }

    /** This item at another path. What is in a directory has to follow: {@link DirectoryMove#finish}. */
    Item movedTo(ItemPath path) {
        return at(path, isDirectory() ? filename : null, updatedAt);
    }

    /** This item, which is below a directory that has moved, at its place in there. */
    Item carriedAlong(ItemPath from, ItemPath to, Instant now) {
        String origin = movedFrom;
        if (origin != null && new ItemPath(origin).isBelow(from)) {
            origin = new ItemPath(origin).moved(from, to).value();
        }
        return at(path().moved(from, to), origin, now);
    }

    /** This directory when everything has followed. */
    Item arrived() {
        return at(path(), null, updatedAt);
    }

    /** This item, not stored yet, at another path. */
    Item called(ItemPath path) {
        return at(path, movedFrom, updatedAt);
    }

    private Item at(ItemPath path, @Nullable String origin, Instant changedAt) {
        return new Item(
                id,
                version,
                datasetId,
                type,
                path.value(),
                path.name(),
                path.parent().value(),
                path.isHidden(),
                creator,
                createdAt,
                updatedBy,
                changedAt,
                description,
                annotated,
                annotationsCount,
                content,
                origin,
                source,
                quietVersion,
                metadata);
    }
}
