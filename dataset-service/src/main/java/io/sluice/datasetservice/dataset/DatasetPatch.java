package io.sluice.datasetservice.dataset;

import io.sluice.kit.mongo.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What of a dataset can be changed (contract core §4.3). The SDK sends the whole dataset back, so what is null or absent
 * stays as it is.
 *
 * @param metadata merged into what is there (RFC 7396)
 */
record DatasetPatch(
        @Nullable String name,
        @Nullable JsonObject metadata,
        @Nullable ExpirationOptions expirationOptions) {}
