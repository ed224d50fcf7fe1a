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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

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
    private static final int LINKED_AT_ONCE = 16;

    /** As many bytes of a file are taken before they are written. */
    private static final long MOST_AHEAD = 512 * 1024;

    /** How much is written before the disk begins with it. */
    private static final long BETWEEN_SYNCS = 8L * 1024 * 1024;

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
    private final LongAdder published = new LongAdder();

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
        return (inMemory == null ? link(staged) : segments.keep(inMemory).thenReturn(staged))
                .doOnNext(there -> published.add(there.content().size()));
    }

    /** As {@link #publish}, of many for what one would cost when they are small; fails when one of them fails. */
    public Mono<Void> publishAll(Collection<StagedContent> all) {
        return Mono.defer(() -> {
            List<HeldBytes> small = all.stream()
                    .map(StagedContent::held)
                    .filter(Objects::nonNull)
                    .toList();
            return Flux.fromIterable(all)
                    .filter(staged -> staged.held() == null)
                    .flatMap(this::link, LINKED_AT_ONCE)
                    .then()
                    .and(segments.keepAll(small))
                    .doOnSuccess(done ->
                            all.forEach(staged -> published.add(staged.content().size())));
        });
    }

    /** How many bytes were made durable since the start, those that were there already among them. */
    long publishedBytes() {
        return published.sum();
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

    /** Says so when it was for want of room. */
    private IOException requireRoom(IOException unwritable) throws IOException {
        freeSpace.require();
        return unwritable;
    }

    private Throwable explained(IOException unwritable) {
        try {
            return requireRoom(unwritable);
        } catch (IOException | RuntimeException full) {
            return full;
        }
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

        /** What comes while the disk is at work; kept for as long as it is not written. */
        private final Deque<DataBuffer> ahead = new ArrayDeque<>();

        private long bytesAhead;
        private boolean isWriting;
        private @Nullable Throwable failure;
        private @Nullable MonoSink<Void> waiting;

        private volatile boolean isTooLarge;
        private volatile boolean isInFile;
        private @Nullable Path file;
        private @Nullable FileChannel channel;
        private @Nullable HeldBytes whole;
        private long size;
        private long untilLook;
        private long unsynced;
        private @Nullable EarlySync sync;
        private boolean closed;

        private Writing() {}

        /**
         * Takes the bytes behind those that are there; keeps a hold of its own on the buffer until it has. Ends when more may
         * come, which mostly is before they are on the disk: what goes wrong there is told to whoever comes next. Nobody
         * comes before that.
         */
        public Mono<Void> append(DataBuffer buffer) {
            return Mono.defer(
                    () -> !isTooLarge && collect(buffer) ? Mono.empty() : Mono.create(sink -> enqueue(buffer, sink)));
        }

        private void enqueue(DataBuffer buffer, MonoSink<Void> sink) {
            boolean begins;
            boolean waits;
            synchronized (ahead) {
                Throwable reason = failure;
                if (reason != null) {
                    sink.error(reason);
                    return;
                }
                ahead.add(DataBufferUtils.retain(buffer));
                bytesAhead += buffer.readableByteCount();
                begins = !isWriting;
                isWriting = true;
                // Whoever comes first is told whether there can be a file at all.
                waits = bytesAhead > MOST_AHEAD || !isInFile;
                if (waits) {
                    waiting = sink;
                }
            }
            if (begins) {
                Disk.THREADS.schedule(this::writeAhead);
            }
            if (!waits) {
                sink.success();
            }
        }

        /** Writes what has come, and what comes meanwhile. */
        private void writeAhead() {
            try {
                boolean isMore = true;
                while (isMore) {
                    isMore = writeNext();
                }
            } catch (IOException unwritable) {
                fail(explained(unwritable));
            } catch (Throwable unwritable) {
                // An Error, too: nobody else would answer who waits.
                fail(unwritable);
            }
        }

        private synchronized boolean writeNext() throws IOException {
            DataBuffer next;
            synchronized (ahead) {
                next = ahead.poll();
                if (next == null) {
                    isWriting = false;
                    return false;
                }
            }
            int count = next.readableByteCount();
            try {
                write(next);
            } finally {
                DataBufferUtils.release(next);
            }
            MonoSink<Void> relieved = null;
            synchronized (ahead) {
                bytesAhead -= count;
                if (bytesAhead <= MOST_AHEAD / 2) {
                    relieved = waiting;
                    waiting = null;
                }
            }
            if (relieved != null) {
                relieved.success();
            }
            return true;
        }

        private void fail(Throwable unwritable) {
            MonoSink<Void> told;
            synchronized (ahead) {
                failure = unwritable;
                isWriting = false;
                ahead.forEach(DataBufferUtils::release);
                ahead.clear();
                told = waiting;
                waiting = null;
            }
            if (told != null) {
                told.error(unwritable);
            }
        }

        private void requireWritten() throws IOException {
            writeAhead();
            Throwable reason;
            synchronized (ahead) {
                reason = failure;
            }
            if (reason instanceof IOException unwritable) {
                throw unwritable;
            }
            if (reason instanceof RuntimeException refused) {
                throw refused;
            }
            if (reason != null) {
                throw new IOException(reason);
            }
        }

        /**
         * Takes all there is at once, on a thread that may wait for the disk: as {@link #append} and {@link #finish}.
         *
         * @param bytes not copied; nobody changes them any more
         * @return null when they were given up meanwhile
         */
        public synchronized @Nullable StagedContent take(byte[] bytes) throws IOException {
            if (closed) {
                return null;
            }
            try {
                if (bytes.length > largestHeld || bytes.length > 0 && !reserve(bytes.length)) {
                    write(ByteBuffer.wrap(bytes), open());
                } else if (bytes.length > 0) {
                    collected.add(bytes);
                }
                size = bytes.length;
            } catch (IOException unwritable) {
                throw requireRoom(unwritable);
            }
            return sealed();
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
            if (isTooLarge || size + count > largestHeld || !reserve(count)) {
                isTooLarge = true;
                return false;
            }
            byte[] copy = new byte[count];
            buffer.toByteBuffer(buffer.readPosition(), ByteBuffer.wrap(copy), 0, count);
            collected.add(copy);
            size += count;
            return true;
        }

        private void write(DataBuffer buffer) throws IOException {
            if (closed) {
                return;
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
        }

        private void write(ByteBuffer bytes, FileChannel open) throws IOException {
            digest.update(bytes.duplicate());
            unsynced += bytes.remaining();
            while (bytes.hasRemaining()) {
                open.write(bytes);
            }
            if (unsynced >= BETWEEN_SYNCS && (sync == null || sync.isOver())) {
                unsynced = 0;
                sync = new EarlySync(open);
                Disk.THREADS.schedule(sync);
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
            requireWritten();
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
                if (sync != null) {
                    sync.end();
                }
                open.force(true);
            } catch (IOException unwritable) {
                throw requireRoom(unwritable);
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

        /** As {@link #abandon}, on a thread that may wait for the disk. */
        public void giveUp() throws IOException {
            if (!forgotten()) {
                removed();
            }
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

    /**
     * Lets the disk begin with what has been written while more comes, so that less is left to wait for at the end. What fails
     * here would not fail again then.
     */
    private static final class EarlySync implements Runnable {

        private final FileChannel channel;
        private volatile boolean isOver;
        private @Nullable IOException failure;

        EarlySync(FileChannel channel) {
            this.channel = channel;
        }

        boolean isOver() {
            return isOver;
        }

        @Override
        public synchronized void run() {
            if (isOver) {
                return;
            }
            try {
                channel.force(false);
            } catch (IOException unwritten) {
                failure = unwritten;
            }
            isOver = true;
        }

        /** Waits for it when it has begun; otherwise nothing more is to come of it. */
        synchronized void end() throws IOException {
            isOver = true;
            if (failure != null) {
                throw failure;
            }
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
