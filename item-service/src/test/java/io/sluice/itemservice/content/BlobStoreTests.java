package io.sluice.itemservice.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.sluice.kit.error.Problem;
import io.sluice.kit.testing.MovableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.ErrorResponseException;

class BlobStoreTests {

    private static final long PLENTY = Long.MAX_VALUE;

    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock();
    private final AtomicLong looksUntilFull = new AtomicLong(PLENTY);
    private Blobs blobs;

    @BeforeEach
    void open() {
        blobs = new Blobs(folder, this::requireFree, clock);
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
        assertThat(blobs.published(staged)).hasContent("some bytes");
        assertThat(blobs.staging()).isEmpty();
    }

    @Test
    void keepsEmptyBytes() {
        StagedContent staged = blobs.staged();
        blobs.publish(staged);

        assertThat(staged.content().size()).isZero();
        assertThat(blobs.published(staged)).isEmptyFile();
        assertThat(blobs.read(staged.content(), 0, 0)).isEmpty();
    }

    @Test
    void keepsEqualBytesOnce() throws IOException {
        StagedContent first = blobs.stored("the same");
        Object file = Files.readAttributes(blobs.published(first), "unix:ino").get("ino");

        StagedContent second = blobs.stored("the same");

        assertThat(second.content()).isEqualTo(first.content());
        assertThat(Files.readAttributes(blobs.published(second), "unix:ino").get("ino"))
                .isEqualTo(file);
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
    void doesNotTakeLostBytesForAFailureThatPasses() throws IOException {
        StagedContent staged = blobs.stored("lost");
        Files.delete(blobs.published(staged));

        assertThatIllegalStateException().isThrownBy(() -> blobs.read(staged.content(), 0, 4));
    }

    @Test
    void removesWhatIsGivenUp() {
        BlobStore.Writing begun = blobs.store().begin();
        blobs.append(begun, "some");
        assertThat(blobs.staging()).hasSize(1);
        begun.abandon().block();
        assertThat(blobs.staging()).isEmpty();

        BlobStore.Writing finished = blobs.store().begin();
        blobs.append(finished, "some");
        finished.finish().block();
        assertThat(blobs.staging()).hasSize(1);
        finished.abandon().block();
        assertThat(blobs.staging()).isEmpty();
    }

    /** Whoever goes away does so at any moment: what is still under way then must not leave anything. */
    @Test
    void writesNothingAnyMoreAfterItWasGivenUp() {
        BlobStore.Writing writing = blobs.store().begin();
        writing.abandon().block();

        blobs.append(writing, "late");

        assertThat(writing.finish().blockOptional()).isEmpty();
        assertThat(blobs.staging()).isEmpty();
    }

    @Test
    void beginsNothingWhenThereIsNoRoom() {
        looksUntilFull.set(0);
        BlobStore.Writing writing = blobs.store().begin();

        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> blobs.append(writing, "some"))
                .satisfies(
                        refused -> assertThat(refused.getStatusCode().value()).isEqualTo(507));
        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> blobs.store().begin().finish().block());
        assertThat(blobs.staging()).isEmpty();
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

        writing.abandon().block();
        assertThat(blobs.staging()).isEmpty();
    }

    @Test
    void findsInTheTrashWhatIsAskedForAgain() {
        StagedContent staged = blobs.stored("in the trash");
        blobs.discard(staged);
        assertThat(blobs.trash()).hasSize(1);

        assertThat(blobs.read(staged.content(), 7, 5)).isEqualTo("trash");

        assertThat(blobs.trash()).isEmpty();
        assertThat(blobs.published(staged)).hasContent("in the trash");
    }

    @Test
    void findsInTheTrashWhatIsPublishedAgain() {
        blobs.discard(blobs.stored("in the trash"));

        StagedContent again = blobs.staged("in the trash");
        blobs.publish(again);

        assertThat(blobs.trash()).isEmpty();
        assertThat(blobs.published(again)).hasContent("in the trash");
    }

    @Test
    void bringsBackWhatWasDiscardedBetweenPublishingAndSettling() {
        StagedContent staged = blobs.staged("unlucky");
        blobs.publish(staged);
        blobs.discard(staged);
        blobs.settle(staged);

        assertThat(blobs.published(staged)).hasContent("unlucky");

        StagedContent unluckier = blobs.staged("unluckier");
        blobs.publish(unluckier);
        blobs.discard(unluckier);
        blobs.store().purge(unluckier.content().sha256()).block();
        blobs.settle(unluckier);

        assertThat(blobs.published(unluckier)).hasContent("unluckier");
    }

    /** Another replica that sees an old time of the file would purge at once what was only just discarded. */
    @Test
    void countsTheTimeInTheTrashFromTheDiscarding() throws IOException {
        StagedContent staged = blobs.stored("old");
        Files.setLastModifiedTime(
                blobs.published(staged), FileTime.from(clock.instant().minus(Duration.ofDays(1))));

        blobs.discard(staged);

        assertThat(blobs.store()
                        .inTrashFor(Duration.ofMinutes(10))
                        .collectList()
                        .block())
                .isEmpty();
        clock.advance(Duration.ofMinutes(11));
        assertThat(blobs.store()
                        .inTrashFor(Duration.ofMinutes(10))
                        .collectList()
                        .block())
                .containsExactly(staged.content().sha256());
    }

    @Test
    void discardsAndPurgesWhatIsNotThere() {
        StagedContent staged = blobs.staged("never published");

        blobs.discard(staged);
        blobs.store().purge(staged.content().sha256()).block();
        blobs.store().restore(staged.content().sha256()).block();

        assertThat(blobs.trash()).isEmpty();
    }

    @Test
    void keepsOneCopyWhenTheTrashHasAnother() {
        StagedContent staged = blobs.stored("twice");
        blobs.discard(staged);
        Blobs.write(blobs.published(staged), "twice");

        blobs.store().restore(staged.content().sha256()).block();

        assertThat(blobs.trash()).isEmpty();
        assertThat(blobs.published(staged)).hasContent("twice");
    }
}
