package io.sluice.itemservice.content;

import io.sluice.kit.testing.MovableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

/** A store in a folder of a test's own, one step at a time, and what is in the folder. */
record Blobs(BlobStore store, Path folder) {

    private static final DefaultDataBufferFactory BUFFERS = new DefaultDataBufferFactory();

    Blobs(Path folder, BlobStore.FreeSpace freeSpace, MovableClock clock) {
        this(new BlobStore(folder, freeSpace, clock), folder);
    }

    /** Bytes that have arrived, buffer by buffer. */
    StagedContent staged(String... buffers) {
        BlobStore.Writing writing = store.begin();
        for (String buffer : buffers) {
            append(writing, buffer);
        }
        return Objects.requireNonNull(writing.finish().block());
    }

    /** Bytes that somebody names. */
    StagedContent stored(String text) {
        StagedContent staged = staged(text);
        publish(staged);
        settle(staged);
        return staged;
    }

    void append(BlobStore.Writing writing, String text) {
        writing.append(BUFFERS.wrap(text.getBytes(StandardCharsets.UTF_8))).block();
    }

    void publish(StagedContent staged) {
        store.publish(staged).block();
    }

    void settle(StagedContent staged) {
        store.settle(staged).block();
    }

    void discard(StagedContent staged) {
        store.discard(staged.content().sha256()).block();
    }

    Set<String> known(String... digests) {
        return Objects.requireNonNull(store.known(List.of(digests)).block());
    }

    String read(Content content, long start, long count) {
        return DataBufferUtils.join(store.read(content, start, count, BUFFERS))
                .map(bytes -> bytes.toString(StandardCharsets.UTF_8))
                .blockOptional()
                .orElse("");
    }

    Path published(StagedContent staged) {
        String sha256 = staged.content().sha256();
        return folder.resolve("sha256").resolve(sha256.substring(0, 2)).resolve(sha256);
    }

    List<Path> staging() {
        return files("staging");
    }

    List<Path> trash() {
        return files("trash");
    }

    private List<Path> files(String part) {
        try (Stream<Path> files = Files.list(folder.resolve(part))) {
            return files.toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static Content contentOf(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return new Content(HexFormat.of().formatHex(digest), bytes.length);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
