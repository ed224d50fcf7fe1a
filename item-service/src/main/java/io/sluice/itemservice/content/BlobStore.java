package io.sluice.itemservice.content;

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
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
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
    private static final Scheduler DISK = Schedulers.boundedElastic();

    private final Path staging;
    private final Path blobs;
    private final Path trash;
    private final Clock clock;

    BlobStore(Path folder, Clock clock) {
        this.staging = folder.resolve("staging");
        this.blobs = folder.resolve("sha256");
        this.trash = folder.resolve("trash");
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

    /** Writes the bytes down as they come and syncs them. Fails, and keeps nothing, when they stop coming. */
    public Mono<StagedContent> stage(Flux<DataBuffer> bytes) {
        return Mono.usingWhen(
                onDisk(() -> new Writing(staging.resolve(UUID.randomUUID().toString()))),
                writing -> bytes.publishOn(DISK, 2)
                        .doOnNext(writing::append)
                        .doOnDiscard(DataBuffer.class, DataBufferUtils::release)
                        .then(onDisk(writing::finish)),
                writing -> Mono.empty(),
                (writing, failure) -> onDisk(writing::abandon),
                writing -> onDisk(writing::abandon));
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
                    Files.deleteIfExists(staged.file());
                    return staged;
                })
                .then();
    }

    /** Gives up staged bytes; when they were published, the sweep finds them. */
    public Mono<Void> abandon(StagedContent staged) {
        return onDisk(() -> Files.deleteIfExists(staged.file())).then();
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
        return onDisk(() -> restoredIfNeeded(content.sha256()))
                .flatMapMany(file -> DataBufferUtils.takeUntilByteCount(
                        DataBufferUtils.read(new FileSystemResource(file), start, buffers, CHUNK), count));
    }

    /** Puts bytes that nobody names into the trash. */
    Mono<Void> discard(String sha256) {
        return onDisk(() -> {
                    Path target = trash.resolve(sha256);
                    try {
                        Files.move(pathOf(sha256), target, StandardCopyOption.ATOMIC_MOVE);
                        Files.setLastModifiedTime(target, FileTime.from(clock.instant()));
                    } catch (NoSuchFileException alreadyGone) {
                        return sha256;
                    }
                    return sha256;
                })
                .then();
    }

    /** Takes bytes out of the trash again. */
    Mono<Void> restore(String sha256) {
        return onDisk(() -> restoredIfNeeded(sha256)).then();
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

    private void link(StagedContent staged) throws IOException {
        Path target = pathOf(staged.content().sha256());
        try {
            Files.createLink(target, staged.file());
        } catch (FileAlreadyExistsException sameBytes) {
            return;
        }
        sync(folderOf(staged.content().sha256()));
    }

    private Path restoredIfNeeded(String sha256) throws IOException {
        Path file = pathOf(sha256);
        if (!Files.exists(file)) {
            Path discarded = trash.resolve(sha256);
            if (Files.exists(discarded)) {
                Files.move(discarded, file, StandardCopyOption.ATOMIC_MOVE);
                sync(folderOf(sha256));
            }
        }
        return file;
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

    private static <T> Mono<T> onDisk(Callable<T> blockingWork) {
        return Mono.fromCallable(blockingWork).subscribeOn(DISK);
    }

    /** A file being written; one thread at a time. */
    private final class Writing {

        private final Path file;
        private final FileChannel channel;
        private final MessageDigest digest;
        private long size;

        Writing(Path file) throws IOException, NoSuchAlgorithmException {
            this.file = file;
            this.digest = MessageDigest.getInstance("SHA-256");
            this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }

        void append(DataBuffer buffer) {
            try (DataBuffer.ByteBufferIterator parts = buffer.readableByteBuffers()) {
                while (parts.hasNext()) {
                    ByteBuffer part = parts.next();
                    digest.update(part.duplicate());
                    size += part.remaining();
                    while (part.hasRemaining()) {
                        channel.write(part);
                    }
                }
            } catch (IOException failure) {
                throw new UncheckedIOException("Bytes cannot be written to " + file, failure);
            } finally {
                DataBufferUtils.release(buffer);
            }
        }

        StagedContent finish() throws IOException {
            channel.force(true);
            channel.close();
            String sha256 = HexFormat.of().formatHex(digest.digest());
            Path named = staging.resolve(sha256 + "." + file.getFileName());
            Files.move(file, named, StandardCopyOption.ATOMIC_MOVE);
            return new StagedContent(new Content(sha256, size), named);
        }

        Boolean abandon() throws IOException {
            channel.close();
            return Files.deleteIfExists(file);
        }
    }
}
