package io.sluice.itemservice.content;

import java.time.Instant;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * Bytes that an item has let go of; perhaps others still name them.
 *
 * @param sha256 their digest
 * @param releasedAt when the last item let go
 */
@Document("released_blobs")
record ReleasedBlob(@Id String sha256, Instant releasedAt) {}
