package io.sluice.itemservice.item;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of revisions.
 *
 * @param most as many earlier states of an item as are kept, 0–1,000; default 10; 0 keeps none
 */
@ConfigurationProperties("item-service.revisions")
record RevisionProperties(@DefaultValue("10") int most) {

    RevisionProperties {
        if (most < 0 || most > 1_000) {
            throw new IllegalArgumentException("item-service.revisions.most must be from 0 to 1000");
        }
    }
}
