package io.sluice.itemservice.content.s3;

import java.time.Instant;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * What is known of a lot whose objects somebody makes, or has left behind.
 *
 * @param id what the keys of its objects begin with
 * @param owner the process that makes them, or looks after them
 * @param seenAt when that process last said so
 */
@Document("blob_lots")
record LotNote(@Id String id, String owner, Instant seenAt) {}
