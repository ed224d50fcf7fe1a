package io.sluice.modelservice.model;

import io.sluice.kit.error.Problem;
import io.sluice.modelservice.runtime.RuntimeProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** This replica's copies of model files, by their digests. None of them is the only one, so none has to be synced. */
@Component
class ModelFiles {

    /** Of all copies, those of tokenizers too. */
    private static final String ENDING = ".onnx";

    private static final int BUFFERS_AHEAD = 8;

    private final ModelFileProperties properties;
    private final long largest;
    private final Clock clock;
    private final Path incoming;

    ModelFiles(ModelFileProperties properties, RuntimeProperties runtime, Clock clock) throws IOException {
        this.properties = properties;
        this.largest = runtime.largestModel().toBytes();
        this.clock = clock;
        this.incoming = properties.folder().resolve("incoming");
        Files.createDirectories(incoming);
        // Of a process that was killed: nobody else has this folder.
        try (Stream<Path> remains = Files.list(incoming)) {
            for (Path remain : remains.toList()) {
                Files.deleteIfExists(remain);
            }
        }
    }

    /** A copy. */
    record KeptFile(Path path, String sha256, long size) {}

    /** The copy of those bytes; empty when there is none here. */
    Mono<KeptFile> find(String sha256) {
        return Mono.fromCallable(() -> kept(sha256))
                .flatMap(Mono::justOrEmpty)
                .subscribeOn(Schedulers.boundedElastic());
    }

    private Optional<KeptFile> kept(String sha256) throws IOException {
        Path path = properties.folder().resolve(sha256 + ENDING);
        if (!Files.isRegularFile(path)) {
            return Optional.empty();
        }
        Files.setLastModifiedTime(path, FileTime.from(clock.instant()));
        return Optional.of(new KeptFile(path, sha256, Files.size(path)));
    }

    /**
     * Before anything of a file has come.
     *
     * @param said how many bytes it is said to have; negative when that is not said
     * @throws org.springframework.web.ErrorResponseException {@link Problem#CONTENT_TOO_LARGE}
     */
    void requireRoom(long said) {
        if (said > largest) {
            throw tooLarge(largest);
        }
    }

    private static ErrorResponseException tooLarge(long most) {
        return Problem.CONTENT_TOO_LARGE.with("The file may have " + most + " bytes at most");
    }

    /**
     * Writes down what comes, whole or not at all.
     *
     * @return or {@link Problem#CONTENT_TOO_LARGE}, {@link Problem#REQUEST_TIMEOUT}
     */
    Mono<KeptFile> keep(Flux<DataBuffer> bytes) {
        return keep(bytes, largest);
    }

    /** The same of a file that has to be smaller than a model. */
    Mono<KeptFile> keep(Flux<DataBuffer> bytes, long most) {
        Path path = incoming.resolve(UUID.randomUUID().toString());
        return Mono.usingWhen(
                        Mono.fromCallable(() -> new Incoming(path, most)).subscribeOn(Schedulers.boundedElastic()),
                        file -> bytes.timeout(properties.longestSilence())
                                .onErrorMap(
                                        TimeoutException.class,
                                        silence -> Problem.REQUEST_TIMEOUT.with("Nothing came of the file for "
                                                + properties.longestSilence().toSeconds() + " s"))
                                .publishOn(Schedulers.boundedElastic(), BUFFERS_AHEAD)
                                .doOnNext(file::write)
                                .doOnDiscard(DataBuffer.class, DataBufferUtils::release)
                                .then(Mono.fromCallable(file::kept)),
                        file -> Mono.fromRunnable(file::close).subscribeOn(Schedulers.boundedElastic()))
                .delayUntil(kept -> Mono.fromRunnable(() -> makeRoom(kept)).subscribeOn(Schedulers.boundedElastic()));
    }

    /** A file that is being written. */
    private final class Incoming {

        private final Path path;
        private final long most;
        private final FileChannel channel;
        private final MessageDigest digest;
        private long size;

        Incoming(Path path, long most) throws IOException, NoSuchAlgorithmException {
            this.path = path;
            this.most = most;
            this.digest = MessageDigest.getInstance("SHA-256");
            this.channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }

        void write(DataBuffer buffer) {
            try (DataBuffer.ByteBufferIterator parts = buffer.readableByteBuffers()) {
                size += buffer.readableByteCount();
                if (size > most) {
                    throw tooLarge(most);
                }
                while (parts.hasNext()) {
                    ByteBuffer part = parts.next();
                    digest.update(part.duplicate());
                    while (part.hasRemaining()) {
                        channel.write(part);
                    }
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            } finally {
                DataBufferUtils.release(buffer);
            }
        }

        KeptFile kept() throws IOException {
            channel.close();
            String sha256 = HexFormat.of().formatHex(digest.digest());
            Path kept = properties.folder().resolve(sha256 + ENDING);
            Files.move(path, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return new KeptFile(kept, sha256, size);
        }

        /** Leaves nothing of it, unless it was kept. */
        void close() {
            try {
                channel.close();
                Files.deleteIfExists(path);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    /** A file that is being loaded at this moment is whole for who has it open. */
    private void makeRoom(KeptFile newest) {
        try (Stream<Path> files = Files.list(properties.folder())) {
            List<Path> oldestFirst = files.filter(path -> path.toString().endsWith(ENDING))
                    .filter(path -> !path.equals(newest.path()))
                    .sorted(Comparator.comparingLong(path -> path.toFile().lastModified()))
                    .toList();
            long taken = newest.size();
            for (Path path : oldestFirst) {
                taken += path.toFile().length();
            }
            for (Path path : oldestFirst) {
                if (taken <= properties.space().toBytes()) {
                    return;
                }
                taken -= path.toFile().length();
                Files.deleteIfExists(path);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
