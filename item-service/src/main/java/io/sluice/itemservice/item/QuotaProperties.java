package io.sluice.itemservice.item;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * As much as a project may store, its hidden files and those of the platform's own included. Checked before anything is
 * written; what is under way at that moment may go a little beyond.
 *
 * @param items files; default 0, which is as many as there is room for
 * @param bytes of all files together, of which equal ones count each; default 0, which is as many as there is room for
 */
@ConfigurationProperties("item-service.quota")
record QuotaProperties(
        @DefaultValue("0") long items, @DefaultValue("0B") DataSize bytes) {

    QuotaProperties {
        if (items < 0 || bytes.isNegative()) {
            throw new IllegalArgumentException("item-service.quota must not be negative; 0 is unlimited");
        }
    }

    boolean isUnlimited() {
        return items == 0 && bytes.toBytes() == 0;
    }
}
