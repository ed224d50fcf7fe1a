package io.sluice.itemservice.feature;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The numbers of the sets that were looked at lately, for as long as nobody changes them and there is room: to read them takes
 * much longer than to compare them.
 */
@Component
class RememberedVectors {

    private static final Duration UNUSED = Duration.ofMinutes(10);
    private static final int KILOBYTE = 1024;

    /** As many blocks as one thread goes through before it asks for more; few, so that none waits long for another at the end. */
    private static final int TOGETHER = 8;

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
    private record Known(String revision, List<VectorBlock> blocks, int kilobytes) {}

    /** What the vectors of a set are at; empty while somebody may be changing them. */
    Mono<Optional<String>> revision(String setId) {
        return changes.revision(setId).map(Optional::of).defaultIfEmpty(Optional.empty());
    }

    /**
     * All of a set, some blocks at a time.
     *
     * @param revision what it was at, at a moment of the request that wants them; empty when that is not known
     * @param stored as the database sends them
     */
    Flux<List<VectorBlock>> of(FeatureSet set, Optional<String> revision, Flux<VectorBlock> stored) {
        return revision.map(known -> of(set.id(), known, stored)).orElseGet(() -> stored.map(List::of));
    }

    private Flux<List<VectorBlock>> of(String setId, String revision, Flux<VectorBlock> stored) {
        Known some = known.getIfPresent(setId);
        if (some != null && some.revision().equals(revision)) {
            return Flux.fromIterable(some.blocks()).buffer(TOGETHER);
        }
        known.invalidate(setId);
        return Flux.defer(() -> isFilling.compareAndSet(false, true) ? kept(setId, revision, stored) : stored)
                .map(List::of);
    }

    /** One at a time, so that those that are not yet remembered do not take more room than those that are. */
    private Flux<VectorBlock> kept(String setId, String revision, Flux<VectorBlock> stored) {
        Copy copy = new Copy();
        return stored.doOnNext(copy::add)
                .doOnComplete(() -> copy.keep(setId, revision))
                .doFinally(end -> isFilling.set(false));
    }

    private final class Copy {

        private List<VectorBlock> blocks = new ArrayList<>();
        private long bytes;

        void add(VectorBlock block) {
            VectorBlock kept = VectorColumns.of(block);
            bytes += kept.bytes();
            if (bytes <= mostBytes) {
                blocks.add(kept);
            } else {
                blocks = List.of();
            }
        }

        void keep(String setId, String revision) {
            if (bytes <= mostBytes) {
                known.put(setId, new Known(revision, blocks, 1 + (int) (bytes / KILOBYTE)));
            }
        }
    }
}
