package io.sluice.itemservice.content;

import io.sluice.kit.error.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Bytes in a folder, by digest: equal bytes are kept once. Replicas share the folder.
 *
 * <p>Life of a blob: it is <em>staged</em> (written and synced under {@code staging/}), <em>published</em> (linked under
 * its digest, the folder synced) before the document that names it is written, and <em>settled</em> after. The name in
 * {@code staging/} goes last, so that a crash at any step leaves a trace for the {@link BlobSweep}. A blob that nobody
 * names is <em>discarded</em> to {@code trash/} and purged from there later: whoever published the same bytes at that very
 * moment finds them in the trash.
 */
public class BlobStore {

    private static final int CHUNK = 64 * 1024;

    /** How much is written before the free space is looked at again. */
    private static final long BETWEEN_LOOKS = 16L * 1024 * 1024;

    private static final Scheduler DISK = Schedulers.boundedElastic();

    private final Path staging;
    private final Path blobs;
    private final Path trash;
    private final FreeSpace freeSpace;
    private final Clock clock;

    BlobStore(Path folder, FreeSpace freeSpace, Clock clock) {
        this.staging = folder.resolve("staging");
        this.blobs = folder.resolve("sha256");
        this.trash = folder.resolve("trash");
        this.freeSpace = freeSpace;
        this.clock = clock;
        try {
            for (Path part : List.of(staging, blobs, trash)) {
                Files.createDirectories(part);
            }
            for (int first = 0; first < 256; first++) {
                Files.createDirectories(blobs.resolve(HexFormat.of().toHexDigits((byte) first)));
            }
            sync(blobs);
            sync(folder);
        } catch (IOException unusable) {
            throw new UncheckedIOException("The folder for bytes, " + folder + ", cannot be used", unusable);
        }
    }

    /** Whether bytes may still be written; asked often. */
    @FunctionalInterface
    interface FreeSpace {

        /** @throws org.springframework.web.ErrorResponseException {@link Problem#INSUFFICIENT_STORAGE} */
        void require() throws IOException;
    }

    /**
     * Begins to write bytes down. Whoever begins ends: by {@link Writing#finish} and {@link #settle}, or by
     * {@link Writing#abandon}.
     */
    public Writing begin() {
        return new Writing(staging.resolve(UUID.randomUUID().toString()));
    }

    /** Makes the bytes durable under their digest; from now on a document may name them. */
    public Mono<StagedContent> publish(StagedContent staged) {
        return onDisk(() -> {
            link(staged);
            return staged;
        });
    }

    /** The document that names the bytes is written: makes sure that nobody discarded them meanwhile. */
    public Mono<Void> settle(StagedContent staged) {
        return onDisk(() -> {
                    if (!Files.exists(pathOf(staged.content().sha256()))) {
                        link(staged);
                    }
                    return Files.deleteIfExists(staged.file());
                })
                .then();
    }

    /**
     * A document that was just written names bytes which another one named: makes sure that nobody discards them any more.
     * False when they are gone for good.
     */
    public Mono<Boolean> hold(String sha256) {
        return onDisk(() -> restored(sha256) != null);
    }

    /**
     * Which of these digests have bytes here, so that nobody need send them again. Who names one in a document
     * {@linkplain #hold holds} it afterwards, because the answer is as old as the question.
     */
    public Mono<Set<String>> known(Collection<String> digests) {
        return onDisk(() -> digests.stream()
                .filter(sha256 -> Files.exists(pathOf(sha256)) || Files.exists(trash.resolve(sha256)))
                .collect(Collectors.toUnmodifiableSet()));
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
        return onDisk(() -> existing(content.sha256()))
                .flatMapMany(file -> DataBufferUtils.takeUntilByteCount(
                        DataBufferUtils.read(new FileSystemResource(file), start, buffers, CHUNK), count));
    }

    /** The file that has the bytes, to be read at once and never to be written. */
    public Mono<Path> fileOf(Content content) {
        return onDisk(() -> existing(content.sha256()));
    }

    private Path existing(String sha256) throws IOException {
        Path file = restored(sha256);
        if (file == null) {
            // Not one of the failures that pass: asking again would not help.
            throw new IllegalStateException("The bytes " + sha256 + " are missing in " + blobs);
        }
        return file;
    }

    /**
     * Puts bytes that nobody names into the trash. How long they have been there is told by the time of the file, which
     * is set before: what is in the trash must never look as if it had been there for long.
     */
    Mono<Void> discard(String sha256) {
        return onDisk(() -> {
                    Path file = pathOf(sha256);
                    try {
                        Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
                        Files.move(file, trash.resolve(sha256), StandardCopyOption.ATOMIC_MOVE);
                        return true;
                    } catch (NoSuchFileException alreadyGone) {
                        return false;
                    }
                })
                .then();
    }

    /** Takes bytes out of the trash again. */
    Mono<Void> restore(String sha256) {
        return onDisk(() -> takeOutOfTrash(sha256)).then();
    }

    /** Removes bytes from the trash for good. */
    Mono<Void> purge(String sha256) {
        return onDisk(() -> Files.deleteIfExists(trash.resolve(sha256))).then();
    }

    /** Digests that have been in the trash for longer than {@code age}. */
    Flux<String> inTrashFor(Duration age) {
        return olderThan(trash, age).map(file -> file.getFileName().toString());
    }

    /** Staged files that nobody has touched for longer than {@code age}, so left behind by a crash. */
    Flux<Path> stagedFor(Duration age) {
        return olderThan(staging, age);
    }

    /** The digest that a staged file was about to be published under; empty when it never arrived whole. */
    Mono<String> digestOf(Path staged) {
        String name = staged.getFileName().toString();
        int dot = name.indexOf('.');
        return dot < 0 ? Mono.empty() : Mono.just(name.substring(0, dot));
    }

    Mono<Void> removeStaged(Path staged) {
        return onDisk(() -> Files.deleteIfExists(staged)).then();
    }

    private Flux<Path> olderThan(Path folder, Duration age) {
        FileTime limit = FileTime.from(clock.instant().minus(age));
        return Flux.using(
                        () -> Files.list(folder),
                        files -> Flux.fromStream(files).filter(file -> isOlder(file, limit)),
                        Stream::close)
                .subscribeOn(DISK);
    }

    private static boolean isOlder(Path file, FileTime limit) {
        try {
            return Files.getLastModifiedTime(file).compareTo(limit) < 0;
        } catch (IOException goneMeanwhile) {
            return false;
        }
    }

    /**
     * Gives the bytes their name. When they have it already, somebody else brought the same bytes, perhaps at this
     * moment and without having synced the folder yet.
     */
    private void link(StagedContent staged) throws IOException {
        String sha256 = staged.content().sha256();
        if (restored(sha256) == null) {
            try {
                Files.createLink(pathOf(sha256), staged.file());
            } catch (FileAlreadyExistsException sameBytes) {
                // Published by somebody else since.
            }
        }
        sync(folderOf(sha256));
    }

    /** The file with these bytes, taken out of the trash if need be; null when there is none. */
    private @Nullable Path restored(String sha256) throws IOException {
        Path file = pathOf(sha256);
        return Files.exists(file) || takeOutOfTrash(sha256) ? file : null;
    }

    /**
     * Moves rather than looks and deletes: whatever another process does to the same bytes in between, one of the two
     * names has them.
     */
    private boolean takeOutOfTrash(String sha256) throws IOException {
        try {
            Files.move(trash.resolve(sha256), pathOf(sha256), StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException notThere) {
            return Files.exists(pathOf(sha256));
        }
        sync(folderOf(sha256));
        return true;
    }

    private Path pathOf(String sha256) {
        return folderOf(sha256).resolve(sha256);
    }

    private Path folderOf(String sha256) {
        return blobs.resolve(sha256.substring(0, 2));
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * Runs to its end even when nobody waits for it any more: what cancels a Mono of {@code subscribeOn} interrupts its
     * thread, which closes the file that is being written.
     */
    private static <T> Mono<T> onDisk(Callable<@Nullable T> blockingWork) {
        return Mono.create(sink -> DISK.schedule(() -> run(blockingWork, sink)));
    }

    private static <T> void run(Callable<@Nullable T> blockingWork, MonoSink<T> sink) {
        try {
            sink.success(blockingWork.call());
        } catch (Throwable failure) {
            // An Error, too: nobody else would answer who waits.
            sink.error(failure);
        }
    }

    /** Bytes on their way to the disk. Its methods may be called by different threads, also at the same time. */
    public final class Writing {

        private final MessageDigest digest = sha256();
        private Path file;
        private @Nullable FileChannel channel;
        private long size;
        private long untilLook;
        private boolean closed;

        private Writing(Path file) {
            this.file = file;
        }

        /** Writes the bytes behind those that are there; keeps a hold of its own on the buffer until it has. */
        public Mono<Void> append(DataBuffer buffer) {
            return Mono.defer(() -> {
                DataBuffer held = DataBufferUtils.retain(buffer);
                return BlobStore.<Boolean>onDisk(() -> {
                            try {
                                return write(held);
                            } finally {
                                DataBufferUtils.release(held);
                            }
                        })
                        .then();
            });
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
                    write(parts.next(), open);
                }
            }
            return true;
        }

        private void write(ByteBuffer bytes, FileChannel open) throws IOException {
            digest.update(bytes.duplicate());
            size += bytes.remaining();
            while (bytes.hasRemaining()) {
                open.write(bytes);
            }
        }

        private FileChannel open() throws IOException {
            FileChannel open = channel;
            if (open == null) {
                freeSpace.require();
                untilLook = BETWEEN_LOOKS;
                open = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                channel = open;
            }
            return open;
        }

        /** All bytes are there: syncs them and says what they are. Empty when they were given up meanwhile. */
        public Mono<StagedContent> finish() {
            return onDisk(this::sealed);
        }

        private synchronized @Nullable StagedContent sealed() throws IOException {
            if (closed) {
                return null;
            }
            try (FileChannel open = open()) {
                closed = true;
                open.force(true);
            }
            String sha256 = HexFormat.of().formatHex(digest.digest());
            Path named = staging.resolve(sha256 + "." + file.getFileName());
            Files.move(file, named, StandardCopyOption.ATOMIC_MOVE);
            file = named;
            return new StagedContent(new Content(sha256, size), named);
        }

        /** Removes what was written, finished or not. Who has published the bytes says first that they are released. */
        public Mono<Void> abandon() {
            return onDisk(this::removed).then();
        }

        private synchronized boolean removed() throws IOException {
            closed = true;
            if (channel != null) {
                channel.close();
            }
            return Files.deleteIfExists(file);
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
