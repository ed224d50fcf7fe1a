package io.sluice.itemservice.content.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.kit.error.Problem;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.MovableClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.util.unit.DataSize;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What becomes of segments: filled, compacted, left behind, cut off by a full disk. */
abstract class SegmentsContract {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofMinutes(10);

    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock();
    private final ReactiveMongoTemplate mongo;
    private final AtomicInteger fullDisks = new AtomicInteger();
    private boolean isFull;
    private Segments segments;

    SegmentsContract(MongoServer.Lease database) {
        mongo = database.template();
    }

    @BeforeEach
    void clear() {
        for (String collection : List.of("blobs", "blobs_in_trash", "blob_segments")) {
            mongo.remove(new Query(), collection).block(PATIENCE);
        }
        segments = open();
    }

    /** Another process with the same folder, or the same one after a restart. */
    private Segments open() {
        var properties = new SegmentProperties(
                DataSize.ofKilobytes(256), DataSize.ofMegabytes(1), DataSize.ofMegabytes(1), 1, GRACE);
        return new Segments(folder, mongo, this::requireFree, digest -> false, properties, clock, this::opened);
    }

    private void requireFree() {
        if (isFull) {
            throw Problem.INSUFFICIENT_STORAGE.with("No room left");
        }
    }

    private SegmentWriter opened(Path in, String segment) throws IOException {
        return fullDisks.getAndDecrement() > 0
                ? new SegmentWriter(segment, FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE))
                : SegmentWriter.create(in, segment);
    }

    // --- Keeping

    @Test
    void syncsWhoeverWaitsTogetherIntoOneFile() {
        List<HeldBytes> all = IntStream.range(0, 500)
                .mapToObj(number -> Small.of("text " + number))
                .toList();

        keep(all);

        assertThat(files()).hasSize(1);
        assertThat(count("blobs")).isEqualTo(500);
        all.forEach(held -> assertThat(read(held)).isEqualTo(text(held)));
    }

    @Test
    void beginsAnotherFileWhenOneIsLarge() {
        for (int round = 0; round < 4; round++) {
            keep(List.of(Small.of(round + "x".repeat(600_000))));
        }

        assertThat(files()).hasSize(2);
    }

    @Test
    void knowsPlacesOfOthers() {
        HeldBytes held = Small.of("of another");
        open().keep(held).block(PATIENCE);

        assertThat(segments.remembered(held.sha256())).isNull();
        assertThat(read(held)).isEqualTo("of another");
        assertThat(segments.known(List.of(held.sha256(), Small.of("no").sha256()))
                        .block(PATIENCE))
                .containsExactly(held.sha256());
    }

    @Test
    void keepsEqualBytesOnceThatTwoReplicasBringAtOnce() {
        Segments other = open();
        List<HeldBytes> ours = IntStream.range(0, 50)
                .mapToObj(number -> Small.of("equal " + number))
                .toList();
        List<HeldBytes> theirs = IntStream.range(0, 50)
                .mapToObj(number -> Small.of("equal " + number))
                .toList();

        Mono.when(
                        Flux.fromIterable(ours).flatMap(segments::keep),
                        Flux.fromIterable(theirs).flatMap(other::keep))
                .block(PATIENCE);

        assertThat(count("blobs")).isEqualTo(50);
        ours.forEach(held -> assertThat(read(held)).isEqualTo(text(held)));
        Stream.concat(ours.stream(), theirs.stream()).forEach(HeldBytes::end);
        settle(segments);
        settle(other);
        long dead = notes().stream().mapToLong(note -> note.getLong("dead")).sum();
        long written = notes().stream().mapToLong(note -> note.getLong("size")).sum();
        long live = ours.stream()
                .mapToLong(held -> RecordHeader.LENGTH + held.bytes().length)
                .sum();
        assertThat(written - dead).isEqualTo(live);
    }

    // --- No room

    @Test
    void goesOnInAnotherFileAfterADiskWasFull() {
        HeldBytes before = Small.of("before");
        keep(List.of(before));
        segments.close().block(PATIENCE);
        fullDisks.set(1);
        HeldBytes unlucky = Small.of("unlucky");

        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> segments.keep(unlucky).block(PATIENCE))
                .withCauseInstanceOf(IOException.class);

        assertThat(read(before)).isEqualTo("before");
        segments.keep(unlucky).block(PATIENCE);
        assertThat(read(unlucky)).isEqualTo("unlucky");
    }

    @Test
    void refusesWhatThereIsNoRoomForUntilThereIs() {
        HeldBytes before = Small.of("before");
        keep(List.of(before));
        HeldBytes refused = Small.of("refused");
        isFull = true;

        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> segments.keep(refused).block(PATIENCE));
        assertThat(read(before)).isEqualTo("before");
        assertThat(segments.known(List.of(refused.sha256())).block(PATIENCE)).isEmpty();

        isFull = false;
        segments.keep(refused).block(PATIENCE);
        assertThat(read(refused)).isEqualTo("refused");
        assertThat(files()).hasSize(1);
    }

    // --- Crashes

    @Test
    void looksAtAllThatACrashedProcessHasWritten() throws IOException {
        Segments crashed = open();
        HeldBytes entered = Small.of("in the index");
        crashed.keep(entered).block(PATIENCE);
        String segment = files().get(0);
        // Appended, but the process ended before the index knew; and then in the middle of the next one.
        ByteArrayOutputStream end = new ByteArrayOutputStream();
        end.writeBytes(recordOf(Small.of("not in the index")));
        byte[] torn = recordOf(Small.of("torn"));
        end.write(torn, 0, torn.length - 1);
        Files.write(folder.resolve(segment), end.toByteArray(), StandardOpenOption.APPEND);
        List<String> lookedAt = new ArrayList<>();

        clock.advance(Segments.lease().minusSeconds(1));
        takeOver(lookedAt);
        assertThat(lookedAt).isEmpty();

        clock.advance(Duration.ofSeconds(2));
        takeOver(lookedAt);
        assertThat(lookedAt)
                .containsExactly(entered.sha256(), Small.of("not in the index").sha256());
        assertThat(notes()).allMatch(note -> note.getString("state").equals("SETTLED"));

        takeOver(lookedAt);
        assertThat(lookedAt).hasSize(2);
    }

    @Test
    void leavesSegmentsOfThoseAloneWhoSayThatTheyAreThere() {
        Segments slow = open();
        slow.keep(Small.of("slow")).block(PATIENCE);
        List<String> lookedAt = new ArrayList<>();

        for (int round = 0; round < 4; round++) {
            clock.advance(Duration.ofMinutes(20));
            slow.renew().block(PATIENCE);
        }
        takeOver(lookedAt);

        assertThat(lookedAt).isEmpty();
    }

    @Test
    void leavesNothingToLookAtWhenItEndsInOrder() {
        HeldBytes settled = Small.of("settled");
        keep(List.of(settled));
        settled.end();
        segments.close().block(PATIENCE);
        HeldBytes unsettled = Small.of("unsettled");
        Segments other = open();
        other.keep(unsettled).block(PATIENCE);
        other.close().block(PATIENCE);
        List<String> lookedAt = new ArrayList<>();

        segments = open();
        clock.advance(Segments.lease().plusSeconds(1));
        takeOver(lookedAt);

        assertThat(lookedAt).containsExactly(unsettled.sha256());
    }

    // --- Compaction

    @Test
    void givesBackTheRoomOfWhatWasPurged() {
        List<HeldBytes> all = filled();
        List<HeldBytes> kept = all.subList(0, 3);
        all.subList(3, all.size()).forEach(this::purge);
        segments.renew().block(PATIENCE);
        String old = notes().get(0).getString("_id");

        segments.compact().block(PATIENCE);
        assertThat(files()).hasSize(2).contains(old);
        kept.forEach(held -> assertThat(read(held)).isEqualTo(text(held)));

        clock.advance(GRACE.minusSeconds(1));
        segments.compact().block(PATIENCE);
        assertThat(files()).contains(old);

        clock.advance(Duration.ofSeconds(2));
        segments.compact().block(PATIENCE);
        assertThat(files()).hasSize(1).doesNotContain(old);
        assertThat(notes()).hasSize(1);
        kept.forEach(held -> assertThat(read(held)).isEqualTo(text(held)));
        kept.forEach(
                held -> assertThat(open().find(held.sha256()).block(PATIENCE)).isNotNull());
    }

    @Test
    void leavesSegmentsAloneOfWhichMostIsNeeded() {
        List<HeldBytes> all = filled();
        all.subList(0, 4).forEach(this::purge);

        segments.compact().block(PATIENCE);

        assertThat(files()).hasSize(1);
    }

    @Test
    void keepsInTheTrashWhatIsMovedWhileItIsThere() {
        List<HeldBytes> all = filled();
        all.subList(2, all.size()).forEach(this::purge);
        segments.discard(all.get(0).sha256()).block(PATIENCE);

        compactForGood();

        assertThat(segments.inTrashBefore(clock.instant().plusSeconds(1))
                        .collectList()
                        .block(PATIENCE))
                .containsExactly(all.get(0).sha256());
        assertThat(segments.hold(all.get(0).sha256()).block(PATIENCE)).isTrue();
        assertThat(read(all.get(0))).isEqualTo(text(all.get(0)));
    }

    @Test
    void readsWhileEverythingIsMoved() {
        List<HeldBytes> all = filled();
        List<HeldBytes> kept = all.subList(0, 2);
        Segments reader = open();
        kept.forEach(held -> assertThat(read(reader, held)).isEqualTo(text(held)));
        all.subList(2, all.size()).forEach(this::purge);

        Mono<Void> reading = Flux.range(0, 200)
                .concatMap(round -> {
                    HeldBytes held = kept.get(round % 2);
                    Place known = Objects.requireNonNull(reader.remembered(held.sha256()));
                    return reader.read(held.sha256(), known, 0, known.size())
                            .reduce(0, (length, piece) -> length + piece.length)
                            .doOnNext(length -> assertThat(length).isEqualTo(held.bytes().length));
                })
                .then();
        Mono<Void> compacting = Mono.defer(segments::compact)
                .then(Mono.fromRunnable(() -> clock.advance(GRACE.plusSeconds(1))))
                .then(Mono.defer(segments::compact));

        Mono.when(reading, compacting).block(PATIENCE);
        assertThat(files()).hasSize(1);
        // It remembers where they were, and looks again.
        kept.forEach(held -> assertThat(read(reader, held)).isEqualTo(text(held)));
    }

    /** Whatever was done before the crash is found done; the old file is there until everything was. */
    @Test
    void takesUpACompactionThatWasCutShort() {
        List<HeldBytes> all = filled();
        List<HeldBytes> kept = all.subList(0, 4);
        all.subList(4, all.size()).forEach(this::purge);
        Place before =
                Objects.requireNonNull(segments.find(kept.get(0).sha256()).block(PATIENCE));
        Document note = notes().get(0);
        segments.compact().block(PATIENCE);
        // As if the last two had not been moved yet, and nothing been said of the end.
        for (HeldBytes held : kept.subList(2, 4)) {
            mongo.execute(
                            "blobs",
                            blobs -> blobs.updateOne(
                                    new Document("_id", held.sha256()),
                                    new Document(
                                            "$set",
                                            new Document("segment", before.segment())
                                                    .append("offset", offsetIn(before.segment(), held)))))
                    .blockLast(PATIENCE);
        }
        mongo.execute("blob_segments", segments -> segments.replaceOne(new Document("_id", before.segment()), note))
                .blockLast(PATIENCE);

        clock.advance(Segments.lease().plusSeconds(1));
        segments = open();
        compactForGood();

        assertThat(files()).doesNotContain(before.segment());
        kept.forEach(held -> assertThat(read(held)).isEqualTo(text(held)));
    }

    @Test
    void keepsADamagedSegmentAsLongAsSomethingIsInIt() throws IOException {
        List<HeldBytes> all = filled();
        all.subList(2, all.size()).forEach(this::purge);
        Place place = Objects.requireNonNull(segments.find(all.get(0).sha256()).block(PATIENCE));
        try (FileChannel file = FileChannel.open(folder.resolve(place.segment()), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[10]), place.start() + 5);
        }

        compactForGood();

        assertThat(files()).contains(place.segment());
        assertThat(read(all.get(1))).isEqualTo(text(all.get(1)));
        assertThatExceptionOfType(Damaged.class).isThrownBy(() -> read(all.get(0)));
    }

    // ---

    /** A segment with ten files of equal length that nothing is appended to any more. */
    private List<HeldBytes> filled() {
        List<HeldBytes> all = IntStream.range(0, 10)
                .mapToObj(number -> Small.of(number + " of a hundred thousand" + "x".repeat(100_000)))
                .toList();
        keep(all);
        settle(segments);
        return all;
    }

    private void keep(List<HeldBytes> all) {
        Flux.fromIterable(all).flatMap(segments::keep).then().block(PATIENCE);
        all.forEach(HeldBytes::end);
    }

    private void settle(Segments some) {
        some.close().block(PATIENCE);
    }

    private void purge(HeldBytes held) {
        segments.discard(held.sha256()).then(segments.purge(held.sha256())).block(PATIENCE);
    }

    private void compactForGood() {
        segments.compact().block(PATIENCE);
        clock.advance(GRACE.plusSeconds(1));
        segments.compact().block(PATIENCE);
    }

    private void takeOver(List<String> lookedAt) {
        segments.takeOver(digests -> Mono.fromRunnable(() -> lookedAt.addAll(digests)))
                .block(PATIENCE);
    }

    private String read(HeldBytes held) {
        return read(segments, held);
    }

    private static String read(Segments from, HeldBytes held) {
        Place place = Objects.requireNonNull(from.find(held.sha256()).block(PATIENCE));
        return from.read(held.sha256(), place, 0, place.size())
                .map(piece -> new String(piece, StandardCharsets.UTF_8))
                .reduce("", String::concat)
                .blockOptional(PATIENCE)
                .orElse("");
    }

    private static String text(HeldBytes held) {
        return new String(held.bytes(), StandardCharsets.UTF_8);
    }

    private long offsetIn(String segment, HeldBytes held) {
        long[] offset = new long[1];
        try {
            SegmentScan.walk(folder, segment, false, new SegmentScan.Visitor() {
                @Override
                public void record(String sha256, Place place) {
                    if (sha256.equals(held.sha256())) {
                        offset[0] = place.offset();
                    }
                }

                @Override
                public void damage(long from, long to) {
                    throw new IllegalStateException("Damaged at " + from);
                }
            });
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return offset[0];
    }

    private static byte[] recordOf(HeldBytes held) {
        var record = ByteBuffer.allocate(RecordHeader.LENGTH + held.bytes().length);
        RecordHeader.put(held.sha256(), held.bytes(), record);
        record.put(held.bytes());
        return record.array();
    }

    private List<String> files() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private List<Document> notes() {
        return Objects.requireNonNull(mongo.execute("blob_segments", segments -> segments.find())
                .collectList()
                .block(PATIENCE));
    }

    private long count(String collection) {
        return Objects.requireNonNull(
                mongo.execute(collection, all -> all.countDocuments()).next().block(PATIENCE));
    }
}
