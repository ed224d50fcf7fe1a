package io.sluice.itemservice.item;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A revision as clients see it.
 *
 * @param number rises with time; not every number is one
 * @param createdAt since when the item was like that
 * @param creator who had made it so
 * @param sha256 of its bytes
 * @param stream where they are
 */
record RevisionView(
        String itemId,
        long number,
        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant createdAt,
        String creator,
        long size,
        String sha256,
        @Nullable String description,
        String stream,
        JsonObject metadata) {

    private static final String ISO_MILLIS = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'";

    /** @param api the root of the API, for the link */
    static RevisionView of(ItemRevision revision, String api) {
        return new RevisionView(
                revision.itemId(),
                revision.number(),
                revision.at(),
                revision.by(),
                revision.content().size(),
                revision.content().sha256(),
                revision.description(),
                api + "/items/" + revision.itemId() + "/revisions/" + revision.number() + "/stream",
                revision.metadata());
    }
}
