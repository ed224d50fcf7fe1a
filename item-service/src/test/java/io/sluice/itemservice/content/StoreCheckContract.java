package io.sluice.itemservice.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.itemservice.content.segment.Findings;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.MovableClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bson.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Query;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What is found wrong by whoever looks at everything, and put right. */
abstract class StoreCheckContract {

    private static final String LARGE = "large".repeat(1000);

    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock();
    private final Set<String> named = ConcurrentHashMap.newKeySet();
    private final ReactiveMongoTemplate mongo;
    private final Found found = new Found();
    private Blobs blobs;

    StoreCheckContract(MongoServer.Lease database) {
        mongo = database.template();
    }

    @BeforeEach
    void open() {
        Blobs.clear(mongo);
        blobs = Blobs.open(folder, () -> {}, clock, mongo, Blobs.SHORT);
    }

    private static final class Found implements Findings {

        private final List<String> wrong = new ArrayList<>();
        private final List<String> repaired = new ArrayList<>();
        private final List<String> harmless = new ArrayList<>();
        private long read;

        @Override
        public void wrong(String what) {
            wrong.add(what);
        }

        @Override
        public void repaired(String what) {
            repaired.add(what);
        }

        @Override
        public void harmless(String what) {
            harmless.add(what);
        }

        @Override
        public void read(long bytes) {
            read += bytes;
        }
    }

    private final class Named implements NamedContents {

        @Override
        public Mono<Boolean> exist(String sha256) {
            return Mono.fromSupplier(() -> named.contains(sha256));
        }

        @Override
        public Flux<String> all() {
            return Flux.fromIterable(named);
        }
    }

    private StagedContent stored(String text) {
        StagedContent staged = blobs.stored(text);
        named.add(staged.content().sha256());
        return staged;
    }

    private StoreCheck check() {
        return new StoreCheck(folder, mongo, new Named(), clock);
    }

    private Found scrub() throws IOException {
        check().scrub(found);
        return found;
    }

    private Found compare(boolean repairs) throws IOException {
        check().compare(repairs, found);
        return found;
    }

    private Document entry(StagedContent staged) {
        return Objects.requireNonNull(mongo.execute(
                        "blobs",
                        all -> all.find(new Document("_id", staged.content().sha256())))
                .next()
                .block(Blobs.PATIENCE));
    }

    private Path segmentOf(StagedContent staged) {
        return folder.resolve("segments").resolve(entry(staged).getString("segment"));
    }

    @Test
    void findsNothingWrongWhereAllIsWell() throws IOException {
        stored("small");
        stored("smaller");
        stored(LARGE);
        blobs.discard(blobs.stored("in the trash"));

        assertThat(scrub().wrong).isEmpty();
        assertThat(found.read).isEqualTo(check().size());
        assertThat(compare(false).wrong).isEmpty();
        assertThat(found.harmless).isEmpty();
    }

    @Test
    void findsBytesThatHaveChanged() throws IOException {
        StagedContent small = stored("small");
        StagedContent large = stored(LARGE);
        stored("another");
        try (FileChannel segment = FileChannel.open(segmentOf(small), StandardOpenOption.WRITE)) {
            segment.write(ByteBuffer.wrap(new byte[] {'S'}), entry(small).getLong("offset") + 48);
        }
        Files.writeString(blobs.file(large), LARGE.toUpperCase(Locale.ROOT));

        assertThat(scrub().wrong)
                .hasSize(2)
                .anyMatch(what -> what.contains(small.content().sha256()))
                .anyMatch(what -> what.contains(large.content().sha256()));
    }

    @Test
    void makesTheIndexAnewOfTheSegments() throws IOException {
        List<StagedContent> all = List.of(stored("one"), stored("two"), stored(""));
        blobs.stored("that nobody names");
        mongo.remove(new Query(), "blobs").block(Blobs.PATIENCE);
        mongo.remove(new Query(), "blob_segments").block(Blobs.PATIENCE);

        assertThat(compare(false).wrong)
                .filteredOn(what -> what.contains("which are needed"))
                .hasSize(3);
        assertThat(found.wrong).filteredOn(what -> what.contains("are lost")).hasSize(3);
        assertThat(found.wrong)
                .filteredOn(what -> what.contains("nobody knows"))
                .hasSize(1);

        found.wrong.clear();
        assertThat(compare(true).wrong).isEmpty();
        assertThat(found.repaired).hasSize(4);

        found.repaired.clear();
        assertThat(compare(true).wrong).isEmpty();
        assertThat(found.repaired).isEmpty();
        Blobs restarted = Blobs.open(folder, () -> {}, clock, mongo, Blobs.SHORT);
        for (StagedContent staged : all) {
            assertThat(restarted.published(staged)).isEqualTo(blobs.published(staged));
        }
    }

    @Test
    void findsEntriesWithoutBytes() throws IOException {
        StagedContent kept = stored("kept");
        StagedContent wrongPlace = stored("elsewhere");
        mongo.execute(
                        "blobs",
                        all -> all.updateOne(
                                new Document("_id", wrongPlace.content().sha256()),
                                new Document("$set", new Document("offset", 7L))))
                .blockLast(Blobs.PATIENCE);
        String lost = Blobs.contentOf("lost").sha256();
        named.add(lost);
        mongo.execute(
                        "blobs",
                        all -> all.insertOne(new Document("_id", lost)
                                .append("segment", "missing")
                                .append("offset", 0L)
                                .append("size", 4)))
                .blockLast(Blobs.PATIENCE);

        assertThat(compare(false).wrong).hasSize(2);

        found.wrong.clear();
        compare(true);
        assertThat(found.repaired).hasSize(3);
        assertThat(found.wrong).singleElement().asString().contains(lost);
        assertThat(blobs.published(kept)).isEqualTo("kept");
        assertThat(Blobs.open(folder, () -> {}, clock, mongo, Blobs.SHORT).published(wrongPlace))
                .isEqualTo("elsewhere");
    }

    @Test
    void takesATornEndForWhatItIs() throws IOException {
        StagedContent small = stored("small");
        Files.write(segmentOf(small), "SLB but no record".getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);

        assertThat(compare(false).wrong).isEmpty();
        assertThat(found.harmless).singleElement().asString().contains("a torn end of 17 bytes");
    }

    @Test
    void leavesFilesThatNobodyNamesToTheSweep() throws IOException {
        StagedContent orphan = blobs.stored(LARGE);
        assertThat(compare(true).repaired).isEmpty();

        clock.advance(Duration.ofHours(2));
        assertThat(compare(false).wrong).isEmpty();
        assertThat(found.harmless).hasSize(1);

        assertThat(compare(true).repaired).hasSize(1);
        assertThat(mongo.findById(orphan.content().sha256(), ReleasedBlob.class).block(Blobs.PATIENCE))
                .isNotNull();
    }

    @Test
    void findsDocumentsWhoseBytesAreLost() throws IOException {
        StagedContent large = stored(LARGE);
        Files.delete(blobs.file(large));

        assertThat(compare(true).wrong)
                .singleElement()
                .asString()
                .contains(large.content().sha256());
    }
}
