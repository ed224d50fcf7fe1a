package io.sluice.itemservice.content;

import io.sluice.itemservice.content.s3.BlobObjects;
import io.sluice.itemservice.content.s3.Bucket;
import io.sluice.itemservice.content.s3.MissingObject;
import io.sluice.itemservice.content.s3.Upload;
import io.sluice.itemservice.content.segment.FreeSpace;
import io.sluice.itemservice.content.segment.HeldBytes;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Bytes in a bucket of an S3 server, an {@linkplain BlobObjects object} each. Large ones wait in a folder of this machine until
 * they have come whole, because before that nobody knows their digest.
 */
final class S3BlobStore extends BlobStore {

    private final Bucket bucket;
    private final BlobObjects objects;

    /** What has become of what was staged, by the bytes in memory or the file. */
    private final Map<Object, Upload> uploads = new ConcurrentHashMap<>();

    S3BlobStore(
            StagingFolder spool,
            Bucket bucket,
            BlobObjects objects,
            FreeSpace freeSpace,
            long largestHeld,
            long memory,
            Clock clock) {
        super(spool, freeSpace, largestHeld, memory, clock);
        this.bucket = bucket;
        this.objects = objects;
    }

    @Override
    Mono<StagedContent> makeDurable(StagedContent staged) {
        return makeAllDurable(List.of(staged)).thenReturn(staged);
    }

    @Override
    Mono<Void> makeAllDurable(Collection<StagedContent> all) {
        return Mono.defer(() -> {
            Map<String, List<StagedContent>> byDigest = all.stream()
                    .collect(Collectors.groupingBy(staged -> staged.content().sha256()));
            return objects.keep(all.stream().map(this::uploadOf).toList())
                    .doOnNext(sha256 -> Objects.requireNonNullElse(byDigest.get(sha256), List.<StagedContent>of())
                            .forEach(this::kept))
                    .then();
        });
    }

    private void kept(StagedContent staged) {
        if (staged.held() != null) {
            staged.held().kept(clock.instant());
        }
    }

    private Upload uploadOf(StagedContent staged) {
        return uploads.computeIfAbsent(keyOf(staged), key -> {
            Content content = staged.content();
            HeldBytes inMemory = staged.held();
            return inMemory == null
                    ? Upload.of(content.sha256(), Objects.requireNonNull(staged.file()), content.size())
                    : Upload.of(content.sha256(), inMemory.bytes());
        });
    }

    private static Object keyOf(StagedContent staged) {
        HeldBytes inMemory = staged.held();
        return inMemory == null ? Objects.requireNonNull(staged.file()) : inMemory;
    }

    @Override
    void ended(Object staged) {
        Upload upload = uploads.remove(staged);
        if (upload != null) {
            upload.end();
        }
    }

    @Override
    public Mono<Void> settle(StagedContent staged) {
        return Mono.defer(() -> {
            HeldBytes inMemory = staged.held();
            Mono<Void> sure = inMemory != null && isSafe(inMemory)
                    ? Mono.empty()
                    : hold(staged.content().sha256())
                            .flatMap(isThere ->
                                    isThere ? Mono.empty() : publish(staged).then());
            return sure.then(
                    inMemory == null
                            ? removeStaged(Objects.requireNonNull(staged.file()))
                            : Mono.fromRunnable(() -> letGo(inMemory)));
        });
    }

    @Override
    public Mono<Boolean> hold(String sha256) {
        return objects.hold(sha256);
    }

    @Override
    public Mono<Set<String>> known(Collection<String> digests) {
        return objects.sizes(digests).map(sizes -> Set.copyOf(sizes.keySet()));
    }

    @Override
    Flux<Content> find(Collection<String> digests) {
        return objects.sizes(digests)
                .flatMapIterable(Map::entrySet)
                .map(entry -> new Content(entry.getKey(), entry.getValue()));
    }

    @Override
    public Flux<DataBuffer> read(Content content, long start, long count, DataBufferFactory buffers) {
        return count == 0
                ? Flux.empty()
                : objects.read(content.sha256(), start, count)
                        .map(buffers::wrap)
                        .onErrorMap(MissingObject.class, lost -> missing(content));
    }

    private static IllegalStateException missing(Content content) {
        return new IllegalStateException("The bytes " + content.sha256() + " are missing");
    }

    @Override
    public <T> Mono<T> fileOf(Content content, Function<Path, Mono<T>> use) {
        return withCopy(copy -> objects.copy(content.sha256(), content.size(), copy), use)
                .onErrorMap(MissingObject.class, lost -> missing(content));
    }

    @Override
    Mono<Void> discard(String sha256) {
        return objects.discard(sha256);
    }

    @Override
    Mono<Void> restore(String sha256) {
        return objects.restore(sha256);
    }

    @Override
    Mono<Void> purge(String sha256) {
        return objects.purge(sha256);
    }

    @Override
    Flux<String> inTrashFor(Duration age) {
        return objects.inTrashFor(age);
    }

    @Override
    Mono<Void> takeOver(Function<List<String>, Mono<Void>> look) {
        return objects.takeOver(look);
    }

    @Override
    Mono<Void> renew() {
        return objects.renew();
    }

    @Override
    Mono<Void> compact() {
        return objects.bury();
    }

    @Override
    Mono<Void> close() {
        return objects.close();
    }

    @Override
    void shutDown() {
        bucket.close();
    }
}
