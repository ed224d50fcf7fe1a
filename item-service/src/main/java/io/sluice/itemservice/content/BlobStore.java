package io.sluice.itemservice.content;

import io.sluice.itemservice.content.segment.Disk;
import io.sluice.itemservice.content.segment.FreeSpace;
import io.sluice.itemservice.content.segment.HeldBytes;
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
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Bytes by digest: equal bytes are kept once. Any number of replicas share what is kept; where that is, a subclass knows.
 *
 * <p>Life of a blob: it is <em>staged</em> (in memory, or written under {@code staging/}), <em>published</em> (durable, to be
 * found by its digest) before the document that names it is written, and <em>settled</em> after. What was staged, or the
 * trace that publishing has left, goes last, so that a crash at any step leaves something for the {@link BlobSweep}. A blob
 * that nobody names is <em>discarded</em> to the trash and purged from there later: whoever published the same bytes at that
 * very moment finds them in the trash.
 */
public abstract class BlobStore {

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

    final FreeSpace freeSpace;
    final Clock clock;
    private final StagingFolder staging;
    private final long largestHeld;
    private final AtomicLong memory;
    private final Map<HeldBytes, Instant> held = new ConcurrentHashMap<>();
    private final LongAdder published = new LongAdder();

    /**
     * Makes a store of what it is kept in.
     *
     * @param staging where large files are until they are settled
     * @param largestHeld bytes of the largest file that stays in memory until then
     * @param memory as many bytes are in memory at most, on their way
     */
    BlobStore(StagingFolder staging, FreeSpace freeSpace, long largestHeld, long memory, Clock clock) {
        this.staging = staging;
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
        return makeDurable(staged).doOnNext(this::count);
    }

    /** As {@link #publish}, of many for less than one by one would cost; fails when one of them fails. */
    public Mono<Void> publishAll(Collection<StagedContent> all) {
        return makeAllDurable(all).doOnSuccess(done -> all.forEach(this::count));
    }

    private void count(StagedContent durable) {
        published.add(durable.content().size());
    }

    /** How many bytes were made durable since the start, those that were there already among them. */
    long publishedBytes() {
        return published.sum();
    }

    abstract Mono<StagedContent> makeDurable(StagedContent staged);

    abstract Mono<Void> makeAllDurable(Collection<StagedContent> all);

    /** How many files hold many blobs each, of all replicas. */
    Mono<Long> segmentCount() {
        return Mono.just(0L);
    }

    /** The document that names the bytes is written: makes sure that nobody discarded them meanwhile. */
    public abstract Mono<Void> settle(StagedContent staged);

    /**
     * A document that was just written names bytes which another one named: makes sure that nobody discards them any more.
     * False when they are gone for good.
     */
    public abstract Mono<Boolean> hold(String sha256);

    /**
     * Which of these digests have bytes here, so that nobody need send them again. Who names one in a document
     * {@linkplain #hold holds} it afterwards, because the answer is as old as the question.
     */
    public abstract Mono<Set<String>> known(Collection<String> digests);

    /** What is known of those of these digests that have bytes here. */
    abstract Flux<Content> find(Collection<String> digests);

    /**
     * Reads a part of the bytes.
     *
     * @param start the first byte, from 0
     * @param count how many
     */
    public abstract Flux<DataBuffer> read(Content content, long start, long count, DataBufferFactory buffers);

    /**
     * Gives a file with the bytes to somebody who reads it and never writes to it. It is there until he is done.
     *
     * @param use is given the file
     */
    public abstract <T> Mono<T> fileOf(Content content, Function<Path, Mono<T>> use);

    /** Puts bytes that nobody names into the trash. */
    abstract Mono<Void> discard(String sha256);

    /** Takes bytes out of the trash again. */
    abstract Mono<Void> restore(String sha256);

    /** Removes bytes from the trash for good. */
    abstract Mono<Void> purge(String sha256);

    /** Digests that have been in the trash for longer than {@code age}. */
    abstract Flux<String> inTrashFor(Duration age);

    /**
     * Takes over what processes have left behind that are no more. Which of the bytes are nobody's, nobody may know.
     *
     * @param look sees to some of them
     */
    abstract Mono<Void> takeOver(Function<List<String>, Mono<Void>> look);

    /** Says that this process is there; to be called several times in the time after which others take over. */
    abstract Mono<Void> renew();

    /** Gives back the room of what was purged. */
    abstract Mono<Void> compact();

    /** Leaves everything to the others, as far as that is possible. */
    abstract Mono<Void> close();

    /** Nobody asks for anything any more. */
    void shutDown() {
        // There may be nothing to let go of.
    }

    /** Nobody needs any more what was staged: the bytes in memory, or the file. */
    void ended(Object staged) {
        // There may be nothing else that belongs to it.
    }

    boolean isSafe(HeldBytes inMemory) {
        Instant kept = inMemory.keptAt();
        return kept != null && kept.plus(SAFE).isAfter(clock.instant());
    }

    void letGo(HeldBytes inMemory) {
        inMemory.end();
        ended(inMemory);
        if (held.remove(inMemory) != null) {
            release(inMemory.bytes().length);
        }
    }

    boolean removeStagedNow(Path file) throws IOException {
        boolean wasThere = Files.deleteIfExists(file);
        ended(file);
        return wasThere;
    }

    /**
     * Lends a name in {@code staging/}, where the sweep finds the file after a crash.
     *
     * @param fill makes the file
     */
    <T> Mono<T> withCopy(Function<Path, Mono<Path>> fill, Function<Path, Mono<T>> use) {
        return Mono.usingWhen(
                Mono.fromSupplier(staging::newStaged),
                copy -> Disk.<Boolean>on(() -> {
                            freeSpace.require();
                            return true;
                        })
                        .then(fill.apply(copy))
                        .flatMap(use),
                copy -> Disk.on(() -> Files.deleteIfExists(copy)));
    }

    /** Staged files that nobody has touched for longer than {@code age}, so left behind by a crash. */
    Flux<Path> stagedFor(Duration age) {
        return staging.before(clock.instant().minus(age)).subscribeOn(Disk.THREADS);
    }

    /** The digest that a staged file was about to be published under; empty when it never arrived whole. */
    Mono<String> digestOf(Path staged) {
        return Mono.justOrEmpty(StagingFolder.digestOf(staged));
    }

    Mono<Void> removeStaged(Path staged) {
        return Disk.on(() -> removeStagedNow(staged)).then();
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
            if (staging.isSynced() && unsynced >= BETWEEN_SYNCS && (sync == null || sync.isOver())) {
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
                Path fresh = staging.newStaged();
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
                if (staging.isSynced()) {
                    open.force(true);
                }
            } catch (IOException unwritable) {
                throw requireRoom(unwritable);
            }
            String sha256 = HexFormat.of().formatHex(digest.digest());
            Path named = staging.named(sha256, begun);
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
            return file != null && removeStagedNow(file);
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
