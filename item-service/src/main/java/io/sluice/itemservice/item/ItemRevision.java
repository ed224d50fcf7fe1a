package io.sluice.itemservice.item;

import io.sluice.itemservice.content.Content;
import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.mapping.Field;
import org.springframework.data.mongodb.core.mapping.FieldType;

/**
 * What an item was before its bytes were replaced.
 *
 * @param id item and number, so that keeping it once more is keeping it once
 * @param number rises with time; not every number is one
 * @param at since when the item was like that
 * @param by who had made it so
 */
@Document("item_revisions")
record ItemRevision(
        @Id String id,
        @Field(targetType = FieldType.OBJECT_ID) String itemId,
        long number,
        Instant at,
        String by,
        @Nullable String description,
        Content content,
        JsonObject metadata) {

    /** The state in which a file is at the moment. */
    static ItemRevision of(Item file) {
        return new ItemRevision(
                idOf(file.id(), file.version()),
                file.id(),
                file.version(),
                file.updatedAt(),
                file.updatedBy(),
                file.description(),
                Objects.requireNonNull(file.content()),
                Thumbnails.without(file.metadata()));
    }

    static String idOf(String itemId, long number) {
        return itemId + "/" + number;
    }
}
