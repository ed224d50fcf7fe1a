package io.sluice.datasetservice.dataset;

import io.sluice.kit.error.Problem;
import org.jspecify.annotations.Nullable;

/**
 * When items of a dataset go by themselves.
 *
 * @param itemMaxDays days after an item was made, 1 or more
 */
record ExpirationOptions(@Nullable Integer itemMaxDays) {

    /** These options, if they can be kept; {@link Problem#VALIDATION_FAILED} if not. */
    ExpirationOptions checked() {
        if (itemMaxDays == null || itemMaxDays < 1) {
            throw Problem.VALIDATION_FAILED.at("expirationOptions.itemMaxDays", "must be 1 or more");
        }
        return this;
    }
}
