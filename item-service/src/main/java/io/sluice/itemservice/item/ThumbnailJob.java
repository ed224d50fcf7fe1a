package io.sluice.itemservice.item;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * A thumbnail that is to be made.
 *
 * @param itemId of what; the item is perhaps not stored yet
 * @param sha256 the bytes it is to show
 * @param former the thumbnails of other bytes that the item had before; null for none
 * @param dueAt when somebody may take it up: whoever does puts that off, and has it until then
 * @param attempts how often somebody has taken it up
 */
@Document("thumbnail_jobs")
record ThumbnailJob(
        @Id String itemId,
        String datasetId,
        String sha256,
        @Nullable List<String> former,
        Instant askedAt,
        Instant dueAt,
        int attempts) {}
