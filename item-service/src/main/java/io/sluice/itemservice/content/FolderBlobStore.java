package io.sluice.itemservice.content;

import io.sluice.itemservice.content.segment.Disk;
import io.sluice.itemservice.content.segment.FreeSpace;
import io.sluice.itemservice.content.segment.HeldBytes;
import io.sluice.itemservice.content.segment.Place;
import io.sluice.itemservice.content.segment.Segments;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Bytes in a folder that replicas share. Large ones have a file each, small ones are appended to {@linkplain Segments
 * segments}.
 */
final class FolderBlobStore extends BlobStore {

    private static final int CHUNK = 64 * 1024;
    private static final int LINKED_AT_ONCE = 16;

    private final BlobFiles files;
    private final Segments segments;

    FolderBlobStore(
            StagingFolder staging,
            BlobFiles files,
            Segments segments,
            FreeSpace freeSpace,
            long largestHeld,
            long memory,
            Clock clock) {
        super(staging, freeSpace, largestHeld, memory, clock);
        this.files = files;
        this.segments = segments;
    }

    @Override
    Mono<StagedContent> makeDurable(StagedContent staged) {
        HeldBytes inMemory = staged.held();
        return inMemory == null ? link(staged) : segments.keep(inMemory).thenReturn(staged);
    }

    @Override
    Mono<Void> makeAllDurable(Collection<StagedContent> all) {
        return Mono.defer(() -> {
            List<HeldBytes> small = all.stream()
                    .map(StagedContent::held)
                    .filter(Objects::nonNull)
                    .toList();
            return Flux.fromIterable(all)
                    .filter(staged -> staged.held() == null)
                    .flatMap(this::link, LINKED_AT_ONCE)
                    .then()
                    .and(segments.keepAll(small));
        });
    }

    @Override
    Mono<Long> segmentCount() {
        return segments.count();
    }

    private Mono<StagedContent> link(StagedContent staged) {
        return Disk.on(() -> {
            files.link(staged.content().sha256(), Objects.requireNonNull(staged.file()));
            return staged;
        });
    }

    @Override
    public Mono<Void> settle(StagedContent staged) {
        HeldBytes inMemory = staged.held();
        if (inMemory != null) {
            return Mono.defer(() -> isSafe(inMemory) ? Mono.empty() : keepAgain(inMemory))
                    .then(Mono.fromRunnable(() -> letGo(inMemory)));
        }
        Path file = Objects.requireNonNull(staged.file());
        return Disk.on(() -> {
                    if (!Files.exists(files.pathOf(staged.content().sha256()))) {
                        files.link(staged.content().sha256(), file);
                    }
                    return removeStagedNow(file);
                })
                .then();
    }

    private Mono<Void> keepAgain(HeldBytes inMemory) {
        return hold(inMemory.sha256()).flatMap(isThere -> isThere ? Mono.empty() : segments.keep(inMemory));
    }

    @Override
    public Mono<Boolean> hold(String sha256) {
        return Disk.on(() -> files.restored(sha256) != null)
                .flatMap(isFile -> isFile ? Mono.just(true) : segments.hold(sha256));
    }

    @Override
    public Mono<Set<String>> known(Collection<String> digests) {
        return segments.known(digests)
                .flatMap(small -> Disk.on(() -> digests.stream()
                                .filter(sha256 -> !small.contains(sha256) && files.isThere(sha256))
                                .collect(Collectors.toCollection(() -> new HashSet<>(small))))
                        .map(Set::copyOf));
    }

    @Override
    Flux<Content> find(Collection<String> digests) {
        return Flux.fromIterable(digests)
                .concatMap(sha256 -> Disk.on(() -> files.restored(sha256))
                        .flatMap(file -> Disk.on(() -> new Content(sha256, Files.size(file))))
                        .switchIfEmpty(segments.find(sha256).map(place -> new Content(sha256, place.size()))));
    }

    @Override
    public Flux<DataBuffer> read(Content content, long start, long count, DataBufferFactory buffers) {
        if (count == 0) {
            return Flux.empty();
        }
        return find(content)
                .flatMapMany(found -> found.file() == null
                        ? segments.read(content.sha256(), Objects.requireNonNull(found.place()), start, count)
                                .map(buffers::wrap)
                        : DataBufferUtils.takeUntilByteCount(
                                DataBufferUtils.read(new FileSystemResource(found.file()), start, buffers, CHUNK),
                                count));
    }

    @Override
    public <T> Mono<T> fileOf(Content content, Function<Path, Mono<T>> use) {
        return find(content)
                .flatMap(found -> found.file() == null
                        ? withCopy(
                                copy -> segments.copy(content.sha256(), Objects.requireNonNull(found.place()), copy),
                                use)
                        : use.apply(found.file()));
    }

    /** Where bytes are: one of the two is not null. */
    private record Found(@Nullable Path file, @Nullable Place place) {}

    /** A look at the folder costs less than a question to the database. */
    private Mono<Found> find(Content content) {
        Place place = segments.remembered(content.sha256());
        if (place != null) {
            return Mono.just(new Found(null, place));
        }
        return Disk.on(() -> files.restored(content.sha256()))
                .map(file -> new Found(file, null))
                .switchIfEmpty(segments.find(content.sha256()).map(found -> new Found(null, found)))
                // Not one of the failures that pass: asking again would not help.
                .switchIfEmpty(
                        Mono.error(() -> new IllegalStateException("The bytes " + content.sha256() + " are missing")));
    }

    @Override
    Mono<Void> discard(String sha256) {
        return Disk.<Boolean>on(() -> {
                    files.discard(sha256, clock.instant());
                    return true;
                })
                .then(segments.discard(sha256));
    }

    @Override
    Mono<Void> restore(String sha256) {
        return Disk.on(() -> files.takeOutOfTrash(sha256)).then(segments.restore(sha256));
    }

    @Override
    Mono<Void> purge(String sha256) {
        return Disk.<Boolean>on(() -> {
                    files.purge(sha256);
                    return true;
                })
                .then(segments.purge(sha256));
    }

    @Override
    Flux<String> inTrashFor(Duration age) {
        Instant then = clock.instant().minus(age);
        return files.inTrashBefore(then)
                .map(file -> file.getFileName().toString())
                .subscribeOn(Disk.THREADS)
                .concatWith(segments.inTrashBefore(then));
    }

    @Override
    Mono<Void> takeOver(Function<List<String>, Mono<Void>> look) {
        return segments.takeOver(look);
    }

    @Override
    Mono<Void> renew() {
        return segments.renew();
    }

    @Override
    Mono<Void> compact() {
        return segments.compact();
    }

    @Override
    Mono<Void> close() {
        return segments.close();
    }
}
