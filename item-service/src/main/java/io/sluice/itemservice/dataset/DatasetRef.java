package io.sluice.itemservice.dataset;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A dataset as the dataset-service shows it, as far as it matters here.
 *
 * @param expirationOptions null when everything in it is kept
 */
public record DatasetRef(
        String id,
        List<String> projects,
        boolean readonly,
        @Nullable Expiration expirationOptions) {

    /** @param itemMaxDays how long items are kept; null or 0 for ever */
    public record Expiration(@Nullable Integer itemMaxDays) {}

    /** How many days items are kept; 0 for ever. */
    public int daysKept() {
        Integer days = expirationOptions == null ? null : expirationOptions.itemMaxDays();
        return days == null ? 0 : Math.max(0, days);
    }
}
