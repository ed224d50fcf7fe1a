package io.sluice.itemservice.bulk;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of bulk uploads.
 *
 * @param mostEntries as many items as one request may have; default 2,000,000. Each takes 16 bytes of memory at most, by which
 *     names that come twice are found
 * @param atOnce as many such requests as one replica works on; default 8. Each has a thread and up to 64 MB of memory
 * @param atOnceOfCaller as many of them as one caller may have; default 4
 * @param longestSilence for how long nothing may come of such a request before it is given up; default 150 s
 * @param longestUntaken for how long a client may take nothing of the answer before it is cut off; default 150 s
 * @param signOfLife how often a space is sent between the lines of the answer, so that nobody on the way gives up a request
 *     that is worked on; default 15 s
 */
@ConfigurationProperties("item-service.bulk")
record BulkProperties(
        @DefaultValue("2000000") int mostEntries,
        @DefaultValue("8") int atOnce,
        @DefaultValue("4") int atOnceOfCaller,
        @DefaultValue("150s") Duration longestSilence,
        @DefaultValue("150s") Duration longestUntaken,
        @DefaultValue("15s") Duration signOfLife) {

    BulkProperties {
        if (mostEntries < 1 || mostEntries > 100_000_000) {
            throw new IllegalArgumentException("item-service.bulk.most-entries must be from 1 to 100000000");
        }
        if (atOnce < 1 || atOnce > 1_000 || atOnceOfCaller < 1) {
            throw new IllegalArgumentException(
                    "item-service.bulk.at-once must be from 1 to 1000, at-once-of-caller at least 1");
        }
        if (signOfLife.toMillis() < 1) {
            throw new IllegalArgumentException("item-service.bulk.sign-of-life must be at least 1 ms");
        }
    }
}
