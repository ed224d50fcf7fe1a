package io.sluice.itemservice.content;

import io.sluice.itemservice.content.s3.S3Properties;
import io.sluice.itemservice.content.segment.Damaged;
import io.sluice.itemservice.content.segment.SegmentProperties;
import io.sluice.itemservice.content.segment.Waiting;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Copies all bytes that documents name from one store to another, of a platform that does not run. What is in the other one
 * already is left out, so that a move that was cut short goes on where it was.
 */
public final class BlobMove implements AutoCloseable {

    private static final int AT_ONCE = 1_000;
    private static final int SMALL_AT_ONCE = 64;
    private static final int READ_AT_ONCE = 16;
    private static final int LARGE_AT_ONCE = 2;
    private static final Duration LONGEST = Duration.ofDays(30);
    private static final Duration BETWEEN_SIGNS = Duration.ofMinutes(1);

    private final NamedContents documents;
    private final BlobStore from;
    private final BlobStore to;
    private final long small;

    /** Opens both stores, each {@code file:/folder} or {@code s3://bucket/prefix}. */
    public BlobMove(
            URI from,
            URI to,
            ReactiveMongoTemplate mongo,
            NamedContents documents,
            SegmentProperties segments,
            S3Properties s3,
            Clock clock)
            throws IOException {
        BlobStores stores = new BlobStores(s3, segments, mongo, clock);
        this.documents = documents;
        this.small = segments.largestBlob().toBytes();
        this.from = stores.open(new BlobProperties(from, DataSize.ofMegabytes(1)));
        this.to = stores.open(new BlobProperties(to, DataSize.ofMegabytes(1)));
    }

    /** Is told how it goes; by different threads, but never at the same time. */
    public interface Progress {

        /** So many are in the other store already. */
        void there(int count);

        void moved(Content content);

        /** Documents name these bytes, but they cannot be had. */
        void lost(String sha256, String why);
    }

    /**
     * Moves everything, and returns when all is durable.
     *
     * @throws IOException when it cannot go on
     */
    public void run(Progress progress) throws IOException {
        Mono<Void> all = documents
                .all()
                .buffer(AT_ONCE)
                .concatMap(some -> move(new HashSet<>(some), progress), 1)
                .then();
        Mono<Void> signs = Flux.interval(BETWEEN_SIGNS)
                .onBackpressureDrop()
                .concatMap(tick -> to.renew().onErrorComplete())
                .then();
        Waiting.on(Mono.firstWithSignal(all.thenReturn(true), signs.thenReturn(false)), LONGEST);
    }

    private Mono<Void> move(Set<String> digests, Progress progress) {
        return to.known(digests).flatMap(known -> {
            Set<String> missing = new HashSet<>(digests);
            missing.removeAll(known);
            tell(() -> progress.there(known.size()));
            return missing.isEmpty() ? Mono.empty() : copy(missing, progress);
        });
    }

    private Mono<Void> copy(Set<String> missing, Progress progress) {
        return from.find(missing).collectList().flatMap(found -> {
            Set<String> lost = new HashSet<>(missing);
            found.forEach(content -> lost.remove(content.sha256()));
            lost.forEach(sha256 -> tell(() -> progress.lost(sha256, "they are nowhere")));
            return Flux.fromIterable(found)
                    .filter(content -> content.size() <= small)
                    .buffer(SMALL_AT_ONCE)
                    .concatMap(some -> copyTogether(some, READ_AT_ONCE, progress))
                    .thenMany(Flux.fromIterable(found))
                    .filter(content -> content.size() > small)
                    .flatMap(content -> copyTogether(List.of(content), 1, progress), LARGE_AT_ONCE)
                    .then();
        });
    }

    /** Bytes that have come from the one store, on their way into the other. */
    private record Carried(Content content, BlobStore.Writing writing, StagedContent staged) {}

    private Mono<Void> copyTogether(Collection<Content> some, int atOnce, Progress progress) {
        return Flux.fromIterable(some)
                .flatMap(content -> carried(content, progress), atOnce)
                .collectList()
                .flatMap(carried -> to.publishAll(
                                carried.stream().map(Carried::staged).toList())
                        .thenMany(Flux.fromIterable(carried))
                        .concatMap(one -> to.settle(one.staged())
                                .doOnSuccess(settled -> tell(() -> progress.moved(one.content()))))
                        .then());
    }

    private Mono<Carried> carried(Content content, Progress progress) {
        return Mono.defer(() -> {
            BlobStore.Writing writing = to.begin();
            return from.read(content, 0, content.size(), DefaultDataBufferFactory.sharedInstance)
                    .concatMap(buffer -> writing.append(buffer).doFinally(end -> DataBufferUtils.release(buffer)), 1)
                    .then(writing.finish())
                    .flatMap(staged -> staged.content().equals(content)
                            ? Mono.just(new Carried(content, writing, staged))
                            : Mono.error(new Damaged("they are not what was written")))
                    .onErrorResume(failure -> writing.abandon()
                            .then(
                                    failure instanceof Damaged || failure instanceof IllegalStateException
                                            ? Mono.fromRunnable(() -> tell(() -> progress.lost(
                                                    content.sha256(), String.valueOf(failure.getMessage()))))
                                            : Mono.error(failure)));
        });
    }

    private synchronized void tell(Runnable word) {
        word.run();
    }

    /** Leaves both in order. */
    @Override
    public void close() throws IOException {
        try {
            Waiting.on(to.close());
        } finally {
            from.shutDown();
            to.shutDown();
        }
    }
}
