package io.sluice.itemservice.item;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.itemservice.dataset.DatasetDirectory;
import io.sluice.itemservice.dataset.DatasetRef;
import io.sluice.kit.access.DatasetAccess;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.error.Problem;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Refuses what a project has no room for. How much it stores is counted every few seconds; in between, each replica adds what
 * it lets in itself.
 */
@Component
class ProjectQuota {

    private static final Duration COUNTED_EVERY = Duration.ofSeconds(5);
    private static final int AT_ONCE = 4;

    private final QuotaProperties properties;
    private final DatasetDirectory datasets;
    private final DatasetCounts counts;
    private final Cache<String, Mono<Stored>> known = Caffeine.newBuilder()
            .maximumSize(10_000)
            .expireAfterWrite(COUNTED_EVERY)
            .build();

    private record Stored(AtomicLong items, AtomicLong bytes) {}

    ProjectQuota(QuotaProperties properties, DatasetDirectory datasets, DatasetCounts counts) {
        this.properties = properties;
        this.datasets = datasets;
        this.counts = counts;
    }

    /**
     * Lets so much more in.
     *
     * @return fails with {@link Problem#INSUFFICIENT_STORAGE} when that is more than is left, and with
     *     {@link Problem#CONTENT_TOO_LARGE} when it is more than the project may ever have
     */
    Mono<Void> reserve(Caller caller, DatasetAccess access, long items, long bytes) {
        if (properties.isUnlimited() || items == 0 && bytes == 0) {
            return Mono.empty();
        }
        long most = properties.bytes().toBytes();
        if (most > 0 && bytes > most) {
            return Mono.error(
                    () -> Problem.CONTENT_TOO_LARGE.at("quota.bytes", "a project may store " + most + " bytes in all"));
        }
        return stored(caller, access)
                .doOnNext(stored -> add(stored, items, bytes))
                .then();
    }

    /** As many as a project may have. */
    long mostBytes() {
        return properties.bytes().toBytes() == 0
                ? Long.MAX_VALUE
                : properties.bytes().toBytes();
    }

    private void add(Stored stored, long items, long bytes) {
        long mostItems = properties.items();
        long mostBytes = properties.bytes().toBytes();
        if (mostItems > 0 && stored.items().addAndGet(items) > mostItems) {
            stored.items().addAndGet(-items);
            throw Problem.INSUFFICIENT_STORAGE.at(
                    "quota.items", "the project may have " + mostItems + " items; delete some, or ask for more");
        }
        if (mostBytes > 0 && stored.bytes().addAndGet(bytes) > mostBytes) {
            stored.bytes().addAndGet(-bytes);
            throw Problem.INSUFFICIENT_STORAGE.at(
                    "quota.bytes", "the project may store " + mostBytes + " bytes; delete some, or ask for more");
        }
    }

    /** Counted once for all that ask at the same time: each of them would find room for itself. */
    private Mono<Stored> stored(Caller caller, DatasetAccess access) {
        String projectId = access.projectId();
        return known.asMap()
                .computeIfAbsent(
                        projectId,
                        id -> Flux.concat(
                                        Mono.just(access.datasetId()),
                                        datasets.of(caller, projectId).map(DatasetRef::id))
                                .distinct()
                                .flatMap(counts::of, AT_ONCE)
                                .reduce(FileCount.NONE, FileCount::plus)
                                .map(count -> new Stored(new AtomicLong(count.all()), new AtomicLong(count.bytes())))
                                .doOnError(failure -> known.invalidate(projectId))
                                .cache());
    }
}
