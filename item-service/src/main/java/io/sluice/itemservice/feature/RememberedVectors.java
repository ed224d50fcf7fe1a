package io.sluice.itemservice.feature;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.itemservice.feature.FeatureVectors.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/**
 * The numbers of the sets that were looked at lately, for as long as nobody changes them and there is room: to read them takes
 * much longer than to compare them.
 */
@Component
class RememberedVectors {

    private static final Duration UNUSED = Duration.ofMinutes(10);
    private static final int KILOBYTE = 1024;

    private final FeatureChanges changes;
    private final long mostBytes;
    private final Cache<String, Known> known;
    private final AtomicBoolean isFilling = new AtomicBoolean();

    RememberedVectors(FeatureChanges changes, FeatureProperties properties) {
        this.changes = changes;
        this.mostBytes = properties.mostRemembered();
        this.known = Caffeine.newBuilder()
                .maximumWeight(mostBytes / KILOBYTE)
                .weigher((String setId, Known some) -> some.kilobytes())
                .expireAfterAccess(UNUSED)
                .build();
    }

    /** All vectors of a set while it had a revision. */
    private record Known(String revision, List<Row> rows, int kilobytes) {}

    /**
     * All of a set.
     *
     * @param stored as the database sends them
     * @param thread where those that are remembered are told
     */
    Flux<Row> of(FeatureSet set, Flux<Row> stored, Scheduler thread) {
        return changes.revision(set.id())
                .map(revision -> of(set.id(), revision, stored, thread))
                .defaultIfEmpty(stored)
                .flatMapMany(rows -> rows);
    }

    private Flux<Row> of(String setId, String revision, Flux<Row> stored, Scheduler thread) {
        Known some = known.getIfPresent(setId);
        if (some != null && some.revision().equals(revision)) {
            return Flux.fromIterable(some.rows()).subscribeOn(thread);
        }
        known.invalidate(setId);
        return Flux.defer(() -> isFilling.compareAndSet(false, true) ? kept(setId, revision, stored) : stored);
    }

    /** One at a time, so that those that are not yet remembered do not take more room than those that are. */
    private Flux<Row> kept(String setId, String revision, Flux<Row> stored) {
        Copy copy = new Copy();
        return stored.doOnNext(copy::add)
                .doOnComplete(() -> copy.keep(setId, revision))
                .doFinally(end -> isFilling.set(false));
    }

    private final class Copy {

        private List<Row> rows = new ArrayList<>();
        private long bytes;

        void add(Row row) {
            bytes += row.bytes();
            if (bytes <= mostBytes) {
                rows.add(row);
            } else {
                rows = List.of();
            }
        }

        void keep(String setId, String revision) {
            if (bytes <= mostBytes) {
                known.put(setId, new Known(revision, rows, 1 + (int) (bytes / KILOBYTE)));
            }
        }
    }
}
