package io.sluice.itemservice.bulk;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** What bulk uploads may take, and the threads that read them. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BulkProperties.class)
class BulkConfiguration {

    private static final int MOST_WAITING = 10_000;

    /** Who reads an archive waits for its bytes; so do as many threads as there are requests. */
    @Bean(destroyMethod = "dispose")
    Scheduler bulkReaders(BulkProperties properties) {
        return Schedulers.newBoundedElastic(properties.atOnce(), MOST_WAITING, "bulk", 60, true);
    }

    @Bean
    Limits limitsOfBulkUploads(BulkProperties properties) {
        return Limits.of(
                Limit.entries("item-bulk-entries", properties.mostEntries(), "The items of a bulk upload"),
                Limit.bytes("item-bulk-line", LineEntries.LONGEST_LINE, "A line of a bulk upload as JSON Lines"),
                Limit.bytes("item-bulk-sidecar", ArchiveEntries.LARGEST_SIDECAR, "A sidecar in an archive"),
                Limit.entries(
                        "item-bulk-sidecar-distance",
                        Sidecars.WINDOW,
                        "The files that may lie between a file and its sidecar in an archive"),
                Limit.entries("item-bulk-at-once", properties.atOnceOfCaller(), "The bulk uploads of a user at once"),
                Limit.time(
                        "item-bulk-silence",
                        properties.longestSilence(),
                        "How long nothing may come of a bulk upload before it is given up"),
                Limit.time(
                        "item-bulk-untaken",
                        properties.longestUntaken(),
                        "How long a client may take nothing of the answer to a bulk upload before it is cut off"));
    }
}
