package io.sluice.itemservice.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.sluice.itemservice.content.segment.FreeSpace;
import io.sluice.kit.error.Problem;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.MovableClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;

/** What the store of bytes promises, wherever it keeps them. */
abstract class BlobStoreContract {

    private static final long PLENTY = Long.MAX_VALUE;

    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock();
    private final AtomicLong looksUntilFull = new AtomicLong(PLENTY);
    private final ReactiveMongoTemplate mongo;
    private final long largestHeld;
    private Blobs blobs;

    BlobStoreContract(MongoServer.Lease database, long largestHeld) {
        this.mongo = database.template();
        this.largestHeld = largestHeld;
    }

    @BeforeEach
    void open() {
        Blobs.clear(mongo);
        blobs = opened(folder, this::requireFree, clock, mongo, largestHeld);
    }

    Blobs opened(Path where, FreeSpace freeSpace, MovableClock now, ReactiveMongoTemplate database, long largest) {
        return Blobs.open(where, freeSpace, now, database, largest);
    }

    /** Whether what is published takes the room that is looked at. */
    boolean publishesHere() {
        return true;
    }

    private void requireFree() {
        if (looksUntilFull.decrementAndGet() < 0) {
            throw Problem.INSUFFICIENT_STORAGE.with("No room left");
        }
    }

    @Test
    void keepsBytesUnderTheirDigest() {
        StagedContent staged = blobs.staged("some", " ", "bytes");
        blobs.publish(staged);
        blobs.settle(staged);

        assertThat(staged.content()).isEqualTo(Blobs.contentOf("some bytes"));
        assertThat(blobs.published(staged)).isEqualTo("some bytes");
        assertThat(blobs.staging()).isEmpty();
    }

    @Test
    void keepsEmptyBytes() {
        StagedContent staged = blobs.staged();
        blobs.publish(staged);

        assertThat(staged.content().size()).isZero();
        assertThat(blobs.published(staged)).isEmpty();
        assertThat(blobs.read(staged.content(), 0, 0)).isEmpty();
    }

    @Test
    void keepsEqualBytesOnce() {
        StagedContent first = blobs.stored("the same");
        StagedContent second = blobs.stored("the same");

        assertThat(second.content()).isEqualTo(first.content());
        assertThat(blobs.everything()).hasSize(1);
        assertThat(blobs.staging()).isEmpty();
    }

    @Test
    void keepsEqualBytesOnceThatComeAtOnce() {
        List<StagedContent> all = IntStream.range(0, 20)
                .mapToObj(number -> blobs.staged("number " + number % 3))
                .toList();

        Flux.fromIterable(all)
                .flatMap(staged -> blobs.store().publish(staged))
                .flatMap(staged -> blobs.store().settle(staged))
                .then()
                .block(Blobs.PATIENCE);

        assertThat(blobs.everything()).hasSize(3);
        assertThat(all).allMatch(staged -> blobs.published(staged) != null);
        assertThat(blobs.staging()).isEmpty();
    }

    @Test
    void readsAnyPart() {
        Content content = blobs.stored("0123456789").content();

        assertThat(blobs.read(content, 0, 10)).isEqualTo("0123456789");
        assertThat(blobs.read(content, 3, 4)).isEqualTo("3456");
        assertThat(blobs.read(content, 9, 1)).isEqualTo("9");
    }

    @Test
    void knowsWhichBytesAreThere() {
        StagedContent stored = blobs.stored("there");
        StagedContent discarded = blobs.stored("in the trash");
        blobs.discard(discarded);
        String unknown = Blobs.contentOf("never seen").sha256();

        assertThat(blobs.known(stored.content().sha256(), discarded.content().sha256(), unknown))
                .containsExactlyInAnyOrder(
                        stored.content().sha256(), discarded.content().sha256());
    }

    @Test
    void doesNotTakeLostBytesForAFailureThatPasses() {
        Content lost = Blobs.contentOf("lost");

        assertThatIllegalStateException().isThrownBy(() -> blobs.read(lost, 0, 4));
    }

    @Test
    void holdsWhatIsThereAndNothingElse() {
        StagedContent stored = blobs.stored("there");
        StagedContent discarded = blobs.stored("in the trash");
        blobs.discard(discarded);

        assertThat(blobs.hold(stored)).isTrue();
        assertThat(blobs.hold(discarded)).isTrue();
        assertThat(blobs.trash()).isEmpty();
        assertThat(blobs.hold(blobs.staged("never published"))).isFalse();
    }

    @Test
    void removesWhatIsGivenUp() {
        BlobStore.Writing begun = blobs.store().begin();
        blobs.append(begun, "long ".repeat(1000));
        assertThat(blobs.staging()).hasSize(1);
        begun.abandon().block(Blobs.PATIENCE);
        assertThat(blobs.staging()).isEmpty();

        BlobStore.Writing finished = blobs.store().begin();
        blobs.append(finished, "some");
        finished.finish().block(Blobs.PATIENCE);
        assertThat(blobs.staging()).hasSize(1);
        finished.abandon().block(Blobs.PATIENCE);
        assertThat(blobs.staging()).isEmpty();
    }

    /** Whoever goes away does so at any moment: what is still under way then must not leave anything. */
    @Test
    void writesNothingAnyMoreAfterItWasGivenUp() {
        BlobStore.Writing writing = blobs.store().begin();
        writing.abandon().block(Blobs.PATIENCE);

        blobs.append(writing, "late");

        assertThat(writing.finish().blockOptional(Blobs.PATIENCE)).isEmpty();
        assertThat(blobs.staging()).isEmpty();
    }

    @Test
    void keepsPiecesInTheirOrderThatComeFasterThanTheyAreWritten() {
        List<String> pieces = IntStream.range(0, 300)
                .mapToObj(number -> (number + " ").repeat(1 + 37 * number))
                .toList();
        BlobStore.Writing writing = blobs.store().begin();

        Flux.fromIterable(pieces)
                .concatMap(piece -> writing.append(Blobs.buffer(piece)))
                .blockLast(Blobs.PATIENCE);
        StagedContent staged = Objects.requireNonNull(writing.finish().block(Blobs.PATIENCE));

        assertThat(staged.content()).isEqualTo(Blobs.contentOf(String.join("", pieces)));
        blobs.publish(staged);
        assertThat(blobs.published(staged)).isEqualTo(String.join("", pieces));
    }

    @Test
    void publishesManyTogetherThatCameAtOnce() throws IOException {
        List<StagedContent> staged = new ArrayList<>();
        for (String text : List.of("", "one", "two", "two", "long ".repeat(1000))) {
            staged.add(Objects.requireNonNull(blobs.store().begin().take(text.getBytes(StandardCharsets.UTF_8))));
        }

        blobs.store().publishAll(staged).block(Blobs.PATIENCE);
        staged.forEach(blobs::settle);

        assertThat(staged.stream().map(blobs::published))
                .containsExactly("", "one", "two", "two", "long ".repeat(1000));
        assertThat(blobs.staging()).isEmpty();
    }

    @Test
    void publishesNoneOfManyWhenThereIsNoRoom() throws IOException {
        StagedContent staged =
                Objects.requireNonNull(blobs.store().begin().take("some".getBytes(StandardCharsets.UTF_8)));
        looksUntilFull.set(0);

        assertRefused(() -> blobs.store().begin().take(new byte[1]));
        if (staged.held() != null && publishesHere()) {
            assertRefused(() -> blobs.store().publishAll(List.of(staged)).block(Blobs.PATIENCE));
        }

        looksUntilFull.set(PLENTY);
        blobs.store().publishAll(List.of(staged)).block(Blobs.PATIENCE);
        assertThat(blobs.published(staged)).isEqualTo("some");
    }

    @Test
    void takesNothingWhenThereIsNoRoom() {
        looksUntilFull.set(0);

        assertRefused(() -> blobs.append(blobs.store().begin(), "long ".repeat(1000)));
        assertRefused(() -> blobs.staged("short"));
        assertRefused(() -> blobs.store().begin().finish().block(Blobs.PATIENCE));
        assertThat(blobs.staging()).isEmpty();
    }

    private static void assertRefused(ThrowingCallable attempt) {
        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(attempt)
                .satisfies(
                        refused -> assertThat(refused.getStatusCode().value()).isEqualTo(507));
    }

    /** Whoever has filled the disk may empty it again. */
    @Test
    void goesOnWhenThereIsRoomAgain() {
        StagedContent before = blobs.stored("before");
        StagedContent staged = blobs.staged("when it is full");
        looksUntilFull.set(0);
        assertRefused(() -> blobs.staged("too much"));
        assertThat(blobs.read(before.content(), 0, 6)).isEqualTo("before");

        looksUntilFull.set(PLENTY);
        blobs.publish(staged);

        assertThat(blobs.published(staged)).isEqualTo("when it is full");
    }

    /** The disk may be fuller than it was a moment ago. */
    @Test
    void saysThatThereIsNoRoomWhenAFileCannotBeWrittenForWantOfIt() throws IOException {
        Files.delete(folder.resolve("staging"));
        looksUntilFull.set(1);

        assertRefused(() -> blobs.append(blobs.store().begin(), "long ".repeat(1000)));
    }

    @Test
    void stopsWhenTheRoomRunsOut() {
        looksUntilFull.set(1);
        BlobStore.Writing writing = blobs.store().begin();
        String megabyte = "x".repeat(1024 * 1024);

        assertThatExceptionOfType(ErrorResponseException.class).isThrownBy(() -> {
            for (int written = 0; written < 20; written++) {
                blobs.append(writing, megabyte);
            }
        });

        writing.abandon().block(Blobs.PATIENCE);
        assertThat(blobs.staging()).isEmpty();
    }

    @Test
    void findsInTheTrashWhatIsAskedForAgain() {
        StagedContent staged = blobs.stored("in the trash");
        blobs.discard(staged);
        assertThat(blobs.trash()).hasSize(1);

        assertThat(blobs.read(staged.content(), 7, 5)).isEqualTo("trash");

        blobs.restore(staged);
        assertThat(blobs.trash()).isEmpty();
        assertThat(blobs.published(staged)).isEqualTo("in the trash");
    }

    @Test
    void findsInTheTrashWhatIsPublishedAgain() {
        blobs.discard(blobs.stored("in the trash"));

        StagedContent again = blobs.staged("in the trash");
        blobs.publish(again);

        assertThat(blobs.trash()).isEmpty();
        assertThat(blobs.published(again)).isEqualTo("in the trash");
    }

    @Test
    void bringsBackWhatWasDiscardedBetweenPublishingAndSettling() {
        StagedContent staged = blobs.staged("unlucky");
        blobs.publish(staged);
        blobs.discard(staged);
        clock.advance(Duration.ofMinutes(2));
        blobs.settle(staged);

        assertThat(blobs.published(staged)).isEqualTo("unlucky");

        StagedContent unluckier = blobs.staged("unluckier");
        blobs.publish(unluckier);
        blobs.discard(unluckier);
        clock.advance(Duration.ofMinutes(11));
        blobs.purge(unluckier);
        blobs.settle(unluckier);

        assertThat(blobs.published(unluckier)).isEqualTo("unluckier");
    }

    @Test
    void countsTheTimeInTheTrashFromTheDiscarding() {
        StagedContent staged = blobs.stored("old");
        clock.advance(Duration.ofDays(1));

        blobs.discard(staged);

        assertThat(blobs.inTrashFor(Duration.ofMinutes(10))).isEmpty();
        clock.advance(Duration.ofMinutes(11));
        assertThat(blobs.inTrashFor(Duration.ofMinutes(10)))
                .containsExactly(staged.content().sha256());
    }

    @Test
    void discardsAndPurgesWhatIsNotThere() {
        StagedContent staged = blobs.staged("never published");

        blobs.discard(staged);
        blobs.purge(staged);
        blobs.restore(staged);

        assertThat(blobs.trash()).isEmpty();
    }

    @Test
    void purgesWhatIsInTheTrashOnly() {
        StagedContent staged = blobs.stored("named");

        blobs.purge(staged);
        assertThat(blobs.published(staged)).isEqualTo("named");

        blobs.discard(staged);
        blobs.purge(staged);
        assertThat(blobs.everything()).isEmpty();
        assertThat(blobs.hold(staged)).isFalse();
    }

    @Test
    void givesAFileToWhoeverNeedsOne() {
        StagedContent staged = blobs.stored("by a file");

        assertThat(blobs.published(staged)).isEqualTo("by a file");

        assertThat(blobs.staging()).isEmpty();
    }
}
