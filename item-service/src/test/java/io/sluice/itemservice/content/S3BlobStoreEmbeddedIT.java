package io.sluice.itemservice.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.mongodb.client.model.Filters;
import io.sluice.itemservice.content.s3.Bucket;
import io.sluice.itemservice.content.s3.BucketLocation;
import io.sluice.itemservice.content.s3.S3Properties;
import io.sluice.itemservice.content.s3.UnusableBucketException;
import io.sluice.itemservice.inspection.Inspection;
import io.sluice.kit.testing.Database;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.MovableClock;
import io.sluice.kit.testing.OnMongo;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Mono;

/** What is special about bytes in a bucket: parts, a server that goes away, and what crashes leave in it. */
@S3Server.Needed
@OnMongo(Database.EMBEDDED)
class S3BlobStoreEmbeddedIT {

    private static final String MEGABYTE = "0123456789abcdef".repeat(64 * 1024);
    private static final Duration LONG_ENOUGH = Duration.ofHours(2);

    private static S3Server server;

    private final MongoServer.Lease database;
    private final ReactiveMongoTemplate mongo;
    private final MovableClock clock = new MovableClock();
    private final String prefix = UUID.randomUUID().toString();
    private final List<Blobs> open = new ArrayList<>();

    @TempDir
    private Path folder;

    private Blobs blobs;

    S3BlobStoreEmbeddedIT(MongoServer.Lease database) {
        this.database = database;
        this.mongo = database.template();
    }

    @BeforeAll
    static void start() {
        server = new S3Server();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() {
        Blobs.clear(mongo);
        mongo.remove(new Query(), "items").block(Blobs.PATIENCE);
        blobs = replica();
    }

    private Blobs replica() {
        Blobs replica = Blobs.open(server, prefix, folder, () -> {}, clock, mongo, Blobs.SHORT);
        open.add(replica);
        return replica;
    }

    @AfterEach
    void shutDown() {
        open.forEach(replica -> replica.store().shutDown());
    }

    private StagedContent large(int megabytes, String end) {
        BlobStore.Writing writing = blobs.store().begin();
        for (int written = 0; written < megabytes; written++) {
            blobs.append(writing, MEGABYTE);
        }
        blobs.append(writing, end);
        return Objects.requireNonNull(writing.finish().block(Blobs.PATIENCE));
    }

    /** As a replica does that finds what another one has left. */
    private List<String> takenOver() {
        List<String> looked = new ArrayList<>();
        clock.advance(LONG_ENOUGH);
        replica()
                .store()
                .takeOver(digests -> Mono.fromRunnable(() -> looked.addAll(digests)))
                .block(Blobs.PATIENCE);
        return looked;
    }

    private void update(String collection, Document change) {
        mongo.execute(collection, some -> some.updateMany(new Document(), change))
                .blockLast(Blobs.PATIENCE);
    }

    @Test
    void sendsALargeFileInPartsAndReadsAnyRangeOfIt() {
        StagedContent staged = large(12, "the end");
        blobs.publish(staged);
        blobs.settle(staged);

        assertThat(server.files(prefix)).hasSize(1);
        assertThat(blobs.read(staged.content(), 12L * MEGABYTE.length() - 3, 10))
                .isEqualTo("defthe end");
        assertThat(blobs.read(staged.content(), 5L * MEGABYTE.length() - 2, 4)).isEqualTo("ef01");
        assertThat(blobs.published(staged)).hasSize(12 * MEGABYTE.length() + 7);
        assertThat(blobs.staging()).isEmpty();
    }

    @Test
    void saysThatItDoesNotAnswerWhileTheServerIsAwayAndGoesOnAfterwards() {
        StagedContent before = blobs.stored("before");
        StagedContent staged = blobs.staged("while it is away");
        server.kill();
        try {
            assertUnavailable(() -> blobs.publish(staged));
            assertUnavailable(() -> blobs.read(before.content(), 0, 6));
        } finally {
            server.start();
        }

        blobs.publish(staged);
        blobs.settle(staged);

        assertThat(blobs.published(staged)).isEqualTo("while it is away");
        assertThat(blobs.read(before.content(), 0, 6)).isEqualTo("before");
    }

    @Test
    void keepsNothingHalfWhenTheServerIsKilledInTheMiddleOfAnUpload() {
        StagedContent staged = large(48, "killed");
        CompletableFuture<StagedContent> publishing =
                blobs.store().publish(staged).toFuture();
        long end = System.nanoTime() + Blobs.PATIENCE.toNanos();
        while (server.files(prefix).isEmpty() && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        server.kill();
        try {
            assertUnavailable(() -> unwrapped(publishing));
            assertThat(blobs.known(staged.content().sha256())).isEmpty();
        } finally {
            server.start();
        }

        blobs.publish(staged);
        blobs.settle(staged);
        assertThat(blobs.read(staged.content(), staged.content().size() - 6, 6)).isEqualTo("killed");

        assertThat(takenOver()).containsOnly(staged.content().sha256());
        assertThat(server.files(prefix)).hasSize(1);
    }

    private static void unwrapped(CompletableFuture<StagedContent> publishing) {
        try {
            publishing.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof ErrorResponseException answer) {
                throw answer;
            }
            throw failed;
        }
    }

    private static void assertUnavailable(Runnable attempt) {
        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(attempt::run)
                .satisfies(failed -> {
                    assertThat(failed.getStatusCode().value()).isEqualTo(503);
                    assertThat(failed.getHeaders().getFirst("Retry-After")).isNotNull();
                });
    }

    /** The process ended between making the object and saying so in the index. */
    @Test
    void deletesAnObjectThatACrashHasKeptOutOfTheIndex() {
        StagedContent staged = blobs.staged("made, not entered");
        blobs.publish(staged);
        mongo.remove(new Query(), "blob_objects").block(Blobs.PATIENCE);
        assertThat(server.files(prefix)).hasSize(1);

        assertThat(takenOver()).isEmpty();

        assertThat(server.files(prefix)).isEmpty();
        assertThat(mongo.count(new Query(), "blob_lots").block(Blobs.PATIENCE)).isZero();
    }

    /** The process ended between saying so in the index and writing the document. */
    @Test
    void looksAfterBytesThatACrashHasKeptOutOfTheDocuments() {
        StagedContent staged = blobs.staged("entered, not named");
        blobs.publish(staged);

        assertThat(takenOver()).containsExactly(staged.content().sha256());

        assertThat(blobs.published(staged)).isEqualTo("entered, not named");
    }

    @Test
    void leavesNothingToLookAfterWhenAllWentWell() {
        blobs.stored("all went well");
        blobs.store().close().block(Blobs.PATIENCE);

        assertThat(mongo.count(new Query(), "blob_lots").block(Blobs.PATIENCE)).isZero();
    }

    @Test
    void leavesALotOfALivingProcessAlone() {
        StagedContent staged = blobs.staged("under way");
        blobs.publish(staged);
        clock.advance(Duration.ofMinutes(50));
        blobs.store().renew().block(Blobs.PATIENCE);
        clock.advance(Duration.ofMinutes(50));

        List<String> looked = new ArrayList<>();
        replica()
                .store()
                .takeOver(digests -> Mono.fromRunnable(() -> looked.addAll(digests)))
                .block(Blobs.PATIENCE);

        assertThat(looked).isEmpty();
    }

    /** A machine that stood still must not make objects where others may be sweeping. */
    @Test
    void beginsANewLotWhenTheOldOneMayHaveBeenTakenOver() {
        blobs.publish(blobs.staged("the lot is begun"));
        update("blob_lots", new Document("$set", new Document("owner", "somebody else")));
        clock.advance(Duration.ofMinutes(9));
        // Nobody hears of the process, but it has not found out yet.
        update("blob_lots", new Document("$set", new Document("seenAt", Date.from(Instant.EPOCH))));
        clock.advance(Duration.ofMinutes(31));

        StagedContent late = blobs.staged("late");
        blobs.publish(late);

        // In a lot of its own that is known to be alive.
        assertThat(mongo.execute("blob_lots", lots -> lots.find(Filters.ne("owner", "somebody else")))
                        .collectList()
                        .block(Blobs.PATIENCE))
                .hasSize(1);
    }

    /** A deletion that comes late must not hit what somebody has published since. */
    @Test
    void deletesForGoodOnlyTheObjectThatWasDiscarded() {
        StagedContent first = blobs.stored("again and again");
        blobs.discard(first);
        Document entry = Objects.requireNonNull(
                mongo.execute("blob_objects", all -> all.find()).blockLast(Blobs.PATIENCE));
        // As by a crash after the entry has gone and before the object has.
        mongo.insert(
                        new Document("_id", entry.getString("key"))
                                .append("sha256", entry.getString("_id"))
                                .append("deadSince", Date.from(clock.instant())),
                        "blob_objects_dead")
                .block(Blobs.PATIENCE);
        mongo.remove(new Query(), "blob_objects").block(Blobs.PATIENCE);

        blobs.stored("again and again");
        assertThat(server.files(prefix)).hasSize(2);
        clock.advance(Duration.ofMinutes(11));
        blobs.store().compact().block(Blobs.PATIENCE);

        assertThat(server.files(prefix)).hasSize(1);
        assertThat(blobs.published(first)).isEqualTo("again and again");
        assertThat(mongo.count(new Query(), "blob_objects_dead").block(Blobs.PATIENCE))
                .isZero();
    }

    @Test
    void doesNotStartWithABucketThatItCannotUse() {
        String nowhere = refused("s3://no-such-bucket/x", server.properties());
        assertThat(nowhere).contains("item-service.blobs is s3://no-such-bucket/x/", "there is no bucket");

        String forbidden = refused("s3://" + S3Server.BUCKET, server.properties("tests", "wrong"));
        assertThat(forbidden).contains("403", "item-service.s3.access-key").doesNotContain("wrong");

        S3Properties away = new S3Properties(
                URI.create("http://127.0.0.1:9"),
                null,
                null,
                "k",
                "s",
                null,
                server.properties().partSize(),
                1,
                1,
                2,
                Duration.ofSeconds(1));
        assertThat(refused("s3://" + S3Server.BUCKET, away))
                .contains("http://127.0.0.1:9 cannot be asked", "item-service.s3.endpoint");
    }

    private static String refused(String location, S3Properties properties) {
        try (Bucket bucket = new Bucket(BucketLocation.parse(URI.create(location)), properties)) {
            return Objects.requireNonNull(bucket.tryOut()
                    .then(Mono.just("nothing was wrong"))
                    .onErrorResume(
                            UnusableBucketException.class,
                            unusable -> Mono.just(Objects.requireNonNull(unusable.getMessage())))
                    .block(Blobs.PATIENCE));
        }
    }

    /** Named by documents, as the platform writes them. */
    private void name(StagedContent staged) {
        mongo.insert(
                        new Document(
                                "content",
                                new Document("sha256", staged.content().sha256())
                                        .append("size", staged.content().size())),
                        "items")
                .block(Blobs.PATIENCE);
    }

    private record Ended(int code, String said) {}

    private Ended run(String... arguments) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        S3Properties s3 = server.properties();
        int code = Inspection.run(
                List.of(arguments),
                out,
                out,
                "--spring.mongodb.uri=" + database.uri(),
                "--spring.mongodb.database=" + database.name(),
                "--item-service.blobs=" + server.blobs(prefix),
                "--item-service.s3.endpoint=" + s3.endpoint(),
                "--item-service.s3.access-key=" + s3.accessKey(),
                "--item-service.s3.secret-key=" + s3.secretKey(),
                "--item-service.s3.spool=" + folder.resolve("spool"));
        return new Ended(code, said.toString(StandardCharsets.UTF_8));
    }

    @Test
    void movesFromAFolderIntoTheBucketAndBack() throws Exception {
        Path first = Files.createDirectory(folder.resolve("first"));
        Blobs there = Blobs.open(first, () -> {}, clock, mongo, Blobs.SHORT);
        StagedContent small = there.stored("small");
        StagedContent large = there.stored("large".repeat(200_000));
        StagedContent empty = there.stored("");
        Stream.of(small, large, empty).forEach(this::name);

        Ended moved = run(
                "move-blobs",
                "--from",
                first.toUri().toString(),
                "--to",
                server.blobs(prefix).toString());
        assertThat(moved).isEqualTo(new Ended(0, "3 files moved in all, 1 MB; 0 were there; 0 wrong.\n"));
        assertThat(blobs.published(large)).hasSize(1_000_000);
        assertThat(run("scrub").said()).contains("0 wrong");
        assertThat(run("fsck")).extracting(Ended::code).isEqualTo(0);

        Ended again = run(
                "move-blobs",
                "--from",
                first.toUri().toString(),
                "--to",
                server.blobs(prefix).toString());
        assertThat(again.said()).contains("0 files moved", "3 were there");

        Blobs.clear(mongo, "blobs", "blob_segments");
        Path second = folder.resolve("second");
        Ended back = run(
                "move-blobs",
                "--from",
                server.blobs(prefix).toString(),
                "--to",
                second.toUri().toString());
        assertThat(back.said()).contains("3 files moved", "0 wrong");
        Blobs here = Blobs.open(second, () -> {}, clock, mongo, Blobs.SHORT);
        assertThat(here.published(large)).hasSize(1_000_000);
        assertThat(here.read(small.content(), 0, 5)).isEqualTo("small");
    }

    @Test
    void tellsWhatIsLostAndWhatIsNobodys() {
        StagedContent lost = blobs.stored("lost");
        StagedContent unknown = blobs.stored("unknown to the index");
        StagedContent orphan = blobs.stored("orphan");
        blobs.store().close().block(Blobs.PATIENCE);
        Stream.of(lost, unknown).forEach(this::name);
        mongo.execute(
                        "blob_objects",
                        all -> all.updateOne(
                                new Document("_id", lost.content().sha256()),
                                new Document("$set", new Document("key", prefix + "/blobs/x/nowhere"))))
                .blockLast(Blobs.PATIENCE);
        mongo.execute(
                        "blob_objects",
                        all -> all.deleteOne(
                                new Document("_id", unknown.content().sha256())))
                .blockLast(Blobs.PATIENCE);

        Ended found = run("fsck");
        assertThat(found.code()).isEqualTo(1);
        assertThat(found.said())
                .contains(
                        "the index says that " + lost.content().sha256(),
                        "the index does not say that " + unknown.content().sha256(),
                        "harmless  the bytes " + orphan.content().sha256());

        run("fsck", "--repair");
        assertThat(blobs.published(unknown)).isEqualTo("unknown to the index");
        assertThat(run("scrub").code()).isZero();
    }
}
