package io.sluice.itemservice.content;

import io.sluice.itemservice.content.segment.Disk;
import io.sluice.itemservice.content.segment.FreeSpace;
import io.sluice.itemservice.content.segment.HeldBytes;
import io.sluice.itemservice.content.segment.Place;
import io.sluice.itemservice.content.segment.Segments;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
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
 * Bytes in a folder, by digest: equal bytes are kept once. Replicas share the folder. Large ones have a file each, small ones
 * are appended to {@linkplain Segments segments}.
 *
 * <p>Life of a blob: it is <em>staged</em> (in memory, or written and synced under {@code staging/}), <em>published</em>
 * (durable, to be found by its digest) before the document that names it is written, and <em>settled</em> after. The name in
 * {@code staging/}, or the trace in the segment, goes last, so that a crash at any step leaves something for the
 * {@link BlobSweep}. A blob that nobody names is <em>discarded</em> to the trash and purged from there later: whoever
 * published the same bytes at that very moment finds them in the trash.
 */
public class BlobStore {

    private static final int CHUNK = 64 * 1024;

    /** How much is written before the free space is looked at again. */
    private static final long BETWEEN_LOOKS = 16L * 1024 * 1024;

    /** What bytes in memory take beside themselves, so that very many empty ones are not for nothing. */
    private static final int OVERHEAD = 512;

    /** Nobody can have purged what was published so short a time ago, and be it discarded at once. */
    private static final Duration SAFE = Duration.ofMinutes(1);

    private final BlobFiles files;
    private final Segments segments;
    private final FreeSpace freeSpace;
    private final long largestHeld;
    private final AtomicLong memory;
    private final Clock clock;
    private final Map<HeldBytes, Instant> held = new ConcurrentHashMap<>();

    /**
     * Makes the store of what there is in a folder.
     *
     * @param largestHeld bytes of the largest file that goes into a segment
     * @param memory as many bytes are in memory at most, on their way there
     */
    BlobStore(BlobFiles files, Segments segments, FreeSpace freeSpace, long largestHeld, long memory, Clock clock) {
        this.files = files;
        this.segments = segments;
        this.freeSpace = freeSpace;
        this.largestHeld = largestHeld;
        this.memory = new AtomicLong(memory);
        this.clock = clock;
    }

    /**
     * Begins to write bytes down. Whoever begins ends: by {@link Writing#finish} and {@link #settle}, or by
     * {@link Writing#abandon}.
     */
    public Writing begin() {
        return new Writing();
    }

    /** Makes the bytes durable under their digest; from now on a document may name them. */
    public Mono<StagedContent> publish(StagedContent staged) {
        HeldBytes inMemory = staged.held();
        return inMemory == null ? link(staged) : segments.keep(inMemory).thenReturn(staged);
    }

    private Mono<StagedContent> link(StagedContent staged) {
        return Disk.on(() -> {
            files.link(staged.content().sha256(), Objects.requireNonNull(staged.file()));
            return staged;
        });
    }

    /** The document that names the bytes is written: makes sure that nobody discarded them meanwhile. */
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
                    return Files.deleteIfExists(file);
                })
                .then();
    }

    private boolean isSafe(HeldBytes inMemory) {
        Instant kept = inMemory.keptAt();
        return kept != null && kept.plus(SAFE).isAfter(clock.instant());
    }

    private Mono<Void> keepAgain(HeldBytes inMemory) {
        return hold(inMemory.sha256()).flatMap(isThere -> isThere ? Mono.empty() : segments.keep(inMemory));
    }

    private void letGo(HeldBytes inMemory) {
        inMemory.end();
        if (held.remove(inMemory) != null) {
            release(inMemory.bytes().length);
        }
    }

    /**
     * A document that was just written names bytes which another one named: makes sure that nobody discards them any more.
     * False when they are gone for good.
     */
    public Mono<Boolean> hold(String sha256) {
        return Disk.on(() -> files.restored(sha256) != null)
                .flatMap(isFile -> isFile ? Mono.just(true) : segments.hold(sha256));
    }

    /**
     * Which of these digests have bytes here, so that nobody need send them again. Who names one in a document
     * {@linkplain #hold holds} it afterwards, because the answer is as old as the question.
     */
    public Mono<Set<String>> known(Collection<String> digests) {
        return segments.known(digests)
                .flatMap(small -> Disk.on(() -> digests.stream()
                                .filter(sha256 -> !small.contains(sha256) && files.isThere(sha256))
                                .collect(Collectors.toCollection(() -> new HashSet<>(small))))
                        .map(Set::copyOf));
    }

    /**
     * Reads a part of the bytes.
     *
     * @param start the first byte, from 0
     * @param count how many
     */
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

    /**
     * Gives a file with the bytes to somebody who reads it and never writes to it. It is there until he is done.
     *
     * @param use is given the file
     */
    public <T> Mono<T> fileOf(Content content, Function<Path, Mono<T>> use) {
        return find(content)
                .flatMap(found -> found.file() == null
                        ? copyOf(content, Objects.requireNonNull(found.place()), use)
                        : use.apply(found.file()));
    }

    /** In {@code staging/}, where the sweep finds it after a crash. */
    private <T> Mono<T> copyOf(Content content, Place place, Function<Path, Mono<T>> use) {
        return Mono.usingWhen(
                Mono.fromSupplier(files::newStaged),
                copy -> Disk.<Boolean>on(() -> {
                            freeSpace.require();
                            return true;
                        })
                        .then(segments.copy(content.sha256(), place, copy))
                        .flatMap(use),
                copy -> Disk.on(() -> Files.deleteIfExists(copy)));
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

    /** Puts bytes that nobody names into the trash. */
    Mono<Void> discard(String sha256) {
        return Disk.<Boolean>on(() -> {
                    files.discard(sha256, clock.instant());
                    return true;
                })
                .then(segments.discard(sha256));
    }

    /** Takes bytes out of the trash again. */
    Mono<Void> restore(String sha256) {
        return Disk.on(() -> files.takeOutOfTrash(sha256)).then(segments.restore(sha256));
    }

    /** Removes bytes from the trash for good. */
    Mono<Void> purge(String sha256) {
        return Disk.<Boolean>on(() -> {
                    files.purge(sha256);
                    return true;
                })
                .then(segments.purge(sha256));
    }

    /** Digests that have been in the trash for longer than {@code age}. */
    Flux<String> inTrashFor(Duration age) {
        Instant then = clock.instant().minus(age);
        return files.inTrashBefore(then)
                .map(file -> file.getFileName().toString())
                .subscribeOn(Disk.THREADS)
                .concatWith(segments.inTrashBefore(then));
    }

    /** Staged files that nobody has touched for longer than {@code age}, so left behind by a crash. */
    Flux<Path> stagedFor(Duration age) {
        return files.stagedBefore(clock.instant().minus(age)).subscribeOn(Disk.THREADS);
    }

    /** The digest that a staged file was about to be published under; empty when it never arrived whole. */
    Mono<String> digestOf(Path staged) {
        return Mono.justOrEmpty(BlobFiles.digestOf(staged));
    }

    Mono<Void> removeStaged(Path staged) {
        return Disk.on(() -> Files.deleteIfExists(staged)).then();
    }

    /** Bytes in memory for longer than {@code age}, of somebody who could not end what he had begun. */
    Flux<HeldBytes> heldFor(Duration age) {
        Instant then = clock.instant().minus(age);
        return Flux.fromIterable(List.copyOf(held.entrySet()))
                .filter(entry -> entry.getValue().isBefore(then))
                .map(Map.Entry::getKey);
    }

    Mono<Void> removeHeld(HeldBytes leftBehind) {
        return Mono.fromRunnable(() -> letGo(leftBehind));
    }

    Segments segments() {
        return segments;
    }

    private boolean reserve(long bytes) {
        long left = memory.addAndGet(-bytes - OVERHEAD);
        if (left < 0) {
            release(bytes);
        }
        return left >= 0;
    }

    private void release(long bytes) {
        memory.addAndGet(bytes + OVERHEAD);
    }

    /**
     * Bytes on their way. They stay in memory as long as they are few and there is room for them; then they are written to a
     * file. Its methods may be called by different threads, also at the same time.
     */
    public final class Writing {

        private final MessageDigest digest = sha256();
        private final List<byte[]> collected = new ArrayList<>();
        private volatile boolean isInFile;
        private @Nullable Path file;
        private @Nullable FileChannel channel;
        private @Nullable HeldBytes whole;
        private long size;
        private long untilLook;
        private boolean closed;

        private Writing() {}

        /** Takes the bytes behind those that are there; keeps a hold of its own on the buffer until it has. */
        public Mono<Void> append(DataBuffer buffer) {
            return Mono.defer(() -> {
                if (!isInFile && collect(buffer)) {
                    return Mono.empty();
                }
                DataBuffer kept = DataBufferUtils.retain(buffer);
                return Disk.<Boolean>on(() -> {
                            try {
                                return write(kept);
                            } finally {
                                DataBufferUtils.release(kept);
                            }
                        })
                        .then();
            });
        }

        /** False when there is no room for them. */
        private synchronized boolean collect(DataBuffer buffer) {
            if (closed) {
                return true;
            }
            int count = buffer.readableByteCount();
            if (count == 0) {
                return true;
            }
            if (isInFile || size + count > largestHeld || !reserve(count)) {
                return false;
            }
            byte[] copy = new byte[count];
            buffer.toByteBuffer(buffer.readPosition(), ByteBuffer.wrap(copy), 0, count);
            collected.add(copy);
            size += count;
            return true;
        }

        private synchronized boolean write(DataBuffer buffer) throws IOException {
            if (closed) {
                return false;
            }
            FileChannel open = open();
            untilLook -= buffer.readableByteCount();
            if (untilLook < 0) {
                untilLook = BETWEEN_LOOKS;
                freeSpace.require();
            }
            try (DataBuffer.ByteBufferIterator parts = buffer.readableByteBuffers()) {
                while (parts.hasNext()) {
                    ByteBuffer part = parts.next();
                    size += part.remaining();
                    write(part, open);
                }
            }
            return true;
        }

        private void write(ByteBuffer bytes, FileChannel open) throws IOException {
            digest.update(bytes.duplicate());
            while (bytes.hasRemaining()) {
                open.write(bytes);
            }
        }

        private FileChannel open() throws IOException {
            FileChannel open = channel;
            if (open == null) {
                freeSpace.require();
                untilLook = BETWEEN_LOOKS;
                Path fresh = files.newStaged();
                open = FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                file = fresh;
                channel = open;
                isInFile = true;
                for (byte[] some : collected) {
                    write(ByteBuffer.wrap(some), open);
                }
                drop();
            }
            return open;
        }

        private void drop() {
            collected.forEach(some -> release(some.length));
            collected.clear();
        }

        /** All bytes are there: says what they are. Empty when they were given up meanwhile. */
        public Mono<StagedContent> finish() {
            return Disk.on(this::sealed);
        }

        private synchronized @Nullable StagedContent sealed() throws IOException {
            if (closed) {
                return null;
            }
            if (channel == null && size <= largestHeld) {
                freeSpace.require();
                if (size > 0 || reserve(0)) {
                    return StagedContent.inMemory(sealedInMemory());
                }
            }
            Path begun;
            try (FileChannel open = open()) {
                closed = true;
                begun = Objects.requireNonNull(file);
                open.force(true);
            }
            String sha256 = HexFormat.of().formatHex(digest.digest());
            Path named = files.staged(sha256, begun);
            Files.move(begun, named, StandardCopyOption.ATOMIC_MOVE);
            file = named;
            return StagedContent.in(named, new Content(sha256, size));
        }

        private HeldBytes sealedInMemory() {
            closed = true;
            byte[] bytes = joined();
            HeldBytes sealed = new HeldBytes(HexFormat.of().formatHex(digest.digest(bytes)), bytes);
            if (collected.size() > 1) {
                // One piece from now on.
                memory.addAndGet((collected.size() - 1L) * OVERHEAD);
            }
            collected.clear();
            held.put(sealed, clock.instant());
            whole = sealed;
            return sealed;
        }

        private byte[] joined() {
            if (collected.size() == 1) {
                return collected.get(0);
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            collected.forEach(bytes::put);
            return bytes.array();
        }

        /** Removes what came, finished or not. Who has published the bytes says first that they are released. */
        public Mono<Void> abandon() {
            return Mono.defer(() -> {
                if (isInFile) {
                    return Disk.on(this::removed).then();
                }
                return forgotten() ? Mono.empty() : Disk.on(this::removed).then();
            });
        }

        /** False when the bytes have been written to a file since. */
        private synchronized boolean forgotten() {
            if (isInFile) {
                return false;
            }
            closed = true;
            drop();
            if (whole != null) {
                letGo(whole);
                whole = null;
            }
            return true;
        }

        private synchronized boolean removed() throws IOException {
            closed = true;
            if (channel != null) {
                channel.close();
            }
            return file != null && Files.deleteIfExists(file);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
