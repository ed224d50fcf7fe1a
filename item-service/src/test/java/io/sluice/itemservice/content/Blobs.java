package io.sluice.itemservice.content;

import io.sluice.itemservice.content.s3.BlobObjects;
import io.sluice.itemservice.content.s3.Bucket;
import io.sluice.itemservice.content.s3.BucketLocation;
import io.sluice.itemservice.content.segment.FreeSpace;
import io.sluice.itemservice.content.segment.SegmentProperties;
import io.sluice.itemservice.content.segment.Segments;
import io.sluice.kit.testing.MovableClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Mono;

/** A store in a folder of a test's own, one step at a time, and what is in the folder and in the index. */
record Blobs(BlobStore store, Path folder, ReactiveMongoTemplate mongo, String index, Supplier<List<String>> objects) {

    /** Nothing is kept together with others. */
    static final long NONE = -1;

    /** What is shorter is kept together with others. */
    static final long SHORT = 1000;

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final DefaultDataBufferFactory BUFFERS = new DefaultDataBufferFactory();

    static Blobs open(
            Path folder, FreeSpace freeSpace, MovableClock clock, ReactiveMongoTemplate mongo, long largestHeld) {
        BlobFiles files = new BlobFiles(folder);
        SegmentProperties properties = new SegmentProperties(
                DataSize.ofBytes(Math.max(0, largestHeld)),
                DataSize.ofKilobytes(64),
                DataSize.ofMegabytes(1),
                1,
                Duration.ofMinutes(10));
        Segments segments = new Segments(
                folder.resolve("segments"),
                mongo,
                freeSpace,
                sha256 -> files.restored(sha256) != null,
                properties,
                clock);
        BlobStore store = new FolderBlobStore(
                new StagingFolder(folder.resolve("staging"), true),
                files,
                segments,
                freeSpace,
                largestHeld,
                properties.memory().toBytes(),
                clock);
        return new Blobs(store, folder, mongo, "blobs", List::of);
    }

    /** A store in a part of a bucket; uploads wait in a folder. */
    static Blobs open(
            S3Server server,
            String prefix,
            Path folder,
            FreeSpace freeSpace,
            MovableClock clock,
            ReactiveMongoTemplate mongo,
            long largestHeld) {
        Bucket bucket = new Bucket(BucketLocation.parse(server.blobs(prefix)), server.properties());
        BlobStore store = new S3BlobStore(
                new StagingFolder(folder.resolve("staging"), false),
                bucket,
                new BlobObjects(bucket, mongo, server.properties(), clock),
                freeSpace,
                largestHeld,
                DataSize.ofKilobytes(64).toBytes(),
                clock);
        return new Blobs(store, folder, mongo, "blob_objects", () -> server.files(prefix));
    }

    /** Bytes that have arrived, buffer by buffer. */
    StagedContent staged(String... buffers) {
        BlobStore.Writing writing = store.begin();
        for (String buffer : buffers) {
            append(writing, buffer);
        }
        return Objects.requireNonNull(writing.finish().block(PATIENCE));
    }

    /** Bytes that somebody names. */
    StagedContent stored(String text) {
        StagedContent staged = staged(text);
        publish(staged);
        settle(staged);
        return staged;
    }

    void append(BlobStore.Writing writing, String text) {
        writing.append(buffer(text)).block(PATIENCE);
    }

    static DataBuffer buffer(String text) {
        return BUFFERS.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    void publish(StagedContent staged) {
        store.publish(staged).block(PATIENCE);
    }

    void settle(StagedContent staged) {
        store.settle(staged).block(PATIENCE);
    }

    void discard(StagedContent staged) {
        store.discard(staged.content().sha256()).block(PATIENCE);
    }

    void purge(StagedContent staged) {
        store.purge(staged.content().sha256()).block(PATIENCE);
    }

    void restore(StagedContent staged) {
        store.restore(staged.content().sha256()).block(PATIENCE);
    }

    boolean hold(StagedContent staged) {
        return Boolean.TRUE.equals(store.hold(staged.content().sha256()).block(PATIENCE));
    }

    List<String> inTrashFor(Duration age) {
        return Objects.requireNonNull(store.inTrashFor(age).collectList().block(PATIENCE));
    }

    Set<String> known(String... digests) {
        return Objects.requireNonNull(store.known(List.of(digests)).block(PATIENCE));
    }

    String read(Content content, long start, long count) {
        return DataBufferUtils.join(store.read(content, start, count, BUFFERS))
                .map(bytes -> bytes.toString(StandardCharsets.UTF_8))
                .blockOptional(PATIENCE)
                .orElse("");
    }

    /** The bytes, by a file; null when there are none, or none but in the trash. */
    @Nullable
    String published(StagedContent staged) {
        String sha256 = staged.content().sha256();
        Document entry = entry(sha256);
        boolean isInSegment = entry != null && !entry.containsKey("trashedAt");
        return isInSegment || Files.exists(file(staged))
                ? store.fileOf(staged.content(), file -> Mono.fromCallable(() -> Files.readString(file)))
                        .block(PATIENCE)
                : null;
    }

    private @Nullable Document entry(String sha256) {
        return mongo.execute(index, blobs -> blobs.find(new Document("_id", sha256)))
                .next()
                .block(PATIENCE);
    }

    Path file(StagedContent staged) {
        String sha256 = staged.content().sha256();
        return folder.resolve("sha256").resolve(sha256.substring(0, 2)).resolve(sha256);
    }

    /** What is on its way: files, and the digests of what is in memory. */
    List<String> staging() {
        List<String> all = new ArrayList<>(files("staging"));
        store.heldFor(Duration.ofDays(-1))
                .map(held -> held.sha256())
                .toIterable()
                .forEach(all::add);
        return all;
    }

    List<String> trash() {
        List<String> all = new ArrayList<>(files("trash"));
        mongo.execute(index, blobs -> blobs.find(new Document("trashedAt", new Document("$exists", true))))
                .map(entry -> entry.getString("_id"))
                .toIterable()
                .forEach(all::add);
        return all;
    }

    /** The digests of all bytes that are kept anywhere; of those in a bucket, the keys. */
    List<String> everything() {
        List<String> all = new ArrayList<>(objects.get());
        if (index.equals("blobs")) {
            mongo.execute(index, blobs -> blobs.find())
                    .map(entry -> entry.getString("_id"))
                    .toIterable()
                    .forEach(all::add);
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[0-9a-f]{64}.*"))
                    .forEach(all::add);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return all;
    }

    List<String> segments() {
        return files("segments");
    }

    private List<String> files(String part) {
        if (!Files.isDirectory(folder.resolve(part))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder.resolve(part))) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** An index without anything. */
    static void clear(ReactiveMongoTemplate mongo) {
        for (String collection : List.of(
                "blobs",
                "blobs_in_trash",
                "blob_segments",
                "blob_objects",
                "blob_objects_in_trash",
                "blob_objects_dead",
                "blob_lots",
                "released_blobs")) {
            mongo.remove(new Query(), collection).block(PATIENCE);
        }
    }

    static void clear(ReactiveMongoTemplate mongo, String... collections) {
        for (String collection : collections) {
            mongo.remove(new Query(), collection).block(PATIENCE);
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
