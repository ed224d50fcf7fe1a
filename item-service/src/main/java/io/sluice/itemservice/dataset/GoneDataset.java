package io.sluice.itemservice.dataset;

import java.time.Instant;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * A dataset that was deleted: nothing may be added to it any more, whatever an upload under way believes.
 *
 * @param isSwept whether somebody has looked again, some time later, that really nothing is left
 */
@Document("gone_datasets")
record GoneDataset(@Id String datasetId, Instant deletedAt, boolean isSwept) {}
