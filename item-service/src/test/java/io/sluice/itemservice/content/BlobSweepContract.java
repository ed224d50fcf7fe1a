package io.sluice.itemservice.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.MovableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What the sweep makes of whatever a crash, a deletion or a race leaves in the folder. */
abstract class BlobSweepContract {

    /** The clock stands still, that of the file system does not: longer than a test takes to write a file. */
    private static final Duration A_MOMENT = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final MovableClock clock = new MovableClock();
    private final Set<String> named = ConcurrentHashMap.newKeySet();
    private final ReactiveMongoTemplate mongo;
    private final ReleasedBlobs released;
    private final long largestHeld;
    private Blobs blobs;
    private BlobSweep sweep;

    BlobSweepContract(MongoServer.Lease database, long largestHeld) {
        this.largestHeld = largestHeld;
        mongo = database.template();
        released = new ReleasedBlobs(mongo, clock);
    }

    @BeforeEach
    void open() {
        Blobs.clear(mongo);
        blobs = replica();
        sweep = sweepOf(blobs);
    }

    private Blobs replica() {
        return Blobs.open(folder, () -> {}, clock, mongo, largestHeld);
    }

    private BlobSweep sweepOf(Blobs replica) {
        return new BlobSweep(
                replica.store(), digest -> Mono.fromSupplier(() -> named.contains(digest)), released, mongo, clock);
    }

    // --- Crashes

    @Test
    void removesBytesThatNeverArrivedWhole() {
        blobs.append(blobs.store().begin(), "half of it".repeat(1000));

        after(BlobSweep.ABANDONED.minus(A_MOMENT));
        assertThat(blobs.staging()).hasSize(1);

        after(A_MOMENT.multipliedBy(2));
        assertThat(blobs.staging()).isEmpty();
        assertThat(releasedBlobs()).isEmpty();
    }

    @Test
    void removesBytesThatWereNotPublishedAnyMore() {
        blobs.staged("arrived");

        after(BlobSweep.ABANDONED.plus(A_MOMENT));
        assertThat(blobs.staging()).isEmpty();

        after(BlobSweep.BEFORE_TRASH.plus(A_MOMENT));
        assertThat(releasedBlobs()).isEmpty();
        assertThat(blobs.trash()).isEmpty();
    }

    @Test
    void removesPublishedBytesThatNoDocumentCameToName() {
        StagedContent staged = blobs.staged("published");
        blobs.publish(staged);

        after(BlobSweep.ABANDONED.plus(A_MOMENT));
        assertThat(blobs.published(staged)).isNotNull();

        after(BlobSweep.BEFORE_TRASH.plus(A_MOMENT));
        assertThat(blobs.published(staged)).isNull();

        after(BlobSweep.IN_TRASH.plus(A_MOMENT));
        assertNothingIsLeft();
    }

    @Test
    void keepsBytesWhoseDocumentCameJustBeforeTheCrash() {
        StagedContent staged = blobs.staged("named");
        blobs.publish(staged);
        name(staged);

        after(BlobSweep.ABANDONED.plus(A_MOMENT));
        after(BlobSweep.BEFORE_TRASH.plus(A_MOMENT));
        after(BlobSweep.IN_TRASH.plus(A_MOMENT));

        assertThat(blobs.published(staged)).isEqualTo("named");
        assertThat(blobs.staging()).isEmpty();
        assertThat(releasedBlobs()).isEmpty();
    }

    /** What a process was about to do nobody knows when it is no more; the others look at all that it has written. */
    @Test
    void looksAfterWhatAnotherReplicaLeftBehind() {
        Blobs crashed = replica();
        StagedContent unnamed = crashed.staged("published by who is no more");
        crashed.publish(unnamed);
        StagedContent named = crashed.staged("named by who is no more");
        crashed.publish(named);
        name(named);

        after(BlobSweep.ABANDONED.minus(A_MOMENT));
        assertThat(releasedBlobs()).isEmpty();

        after(A_MOMENT.multipliedBy(2));
        after(BlobSweep.BEFORE_TRASH.plus(A_MOMENT));
        assertThat(blobs.published(unnamed)).isNull();

        after(BlobSweep.IN_TRASH.plus(A_MOMENT));
        assertThat(blobs.everything()).containsExactly(named.content().sha256());
        assertThat(blobs.published(named)).isEqualTo("named by who is no more");
        assertThat(releasedBlobs()).isEmpty();
    }

    // --- Bytes that were let go of

    @Test
    void keepsReleasedBytesThatSomebodyStillNames() {
        StagedContent staged = blobs.stored("named twice");
        name(staged);
        release(staged);

        after(BlobSweep.BEFORE_TRASH.plus(A_MOMENT));

        assertThat(blobs.published(staged)).isNotNull();
        assertThat(releasedBlobs()).isEmpty();
    }

    @Test
    void leavesReleasedBytesAloneForAMinute() {
        StagedContent staged = blobs.stored("let go");
        release(staged);

        after(BlobSweep.BEFORE_TRASH.minus(A_MOMENT));

        assertThat(blobs.published(staged)).isNotNull();
        assertThat(releasedBlobs()).hasSize(1);
    }

    @Test
    void removesReleasedBytesThatNobodyNamesInTwoSteps() {
        StagedContent staged = blobs.stored("let go");
        release(staged);

        after(BlobSweep.BEFORE_TRASH.plus(A_MOMENT));
        assertThat(blobs.published(staged)).isNull();
        assertThat(blobs.trash()).hasSize(1);
        assertThat(releasedBlobs()).isEmpty();

        after(BlobSweep.IN_TRASH.minus(A_MOMENT));
        assertThat(blobs.trash()).hasSize(1);

        after(A_MOMENT.multipliedBy(2));
        assertNothingIsLeft();
    }

    @Test
    void takesOutOfTheTrashWhatWasNamedAfterTheFirstLook() {
        StagedContent staged = blobs.stored("named late");
        release(staged);
        after(BlobSweep.BEFORE_TRASH.plus(A_MOMENT));
        assertThat(blobs.trash()).hasSize(1);

        // Had published before, writes its document now.
        name(staged);
        assertThat(blobs.read(staged.content(), 0, 5)).isEqualTo("named");

        after(BlobSweep.IN_TRASH.plus(A_MOMENT));
        assertThat(blobs.published(staged)).isEqualTo("named late");
        assertThat(blobs.trash()).isEmpty();
    }

    @Test
    void keepsWhatIsUploadedAgainWhileItIsInTheTrash() {
        StagedContent first = blobs.stored("again");
        release(first);
        after(BlobSweep.BEFORE_TRASH.plus(A_MOMENT));

        StagedContent second = blobs.staged("again");
        blobs.publish(second);
        name(second);
        blobs.settle(second);

        after(BlobSweep.IN_TRASH.plus(A_MOMENT));
        assertThat(blobs.published(second)).isEqualTo("again");
        assertThat(blobs.trash()).isEmpty();
        assertThat(blobs.staging()).isEmpty();
    }

    @Test
    void remembersBytesThatAreReleasedAgainWhileTheyAreLookedAt() {
        StagedContent staged = blobs.stored("twice");
        name(staged);
        release(staged);
        clock.advance(BlobSweep.BEFORE_TRASH.plus(A_MOMENT));
        BlobSweep slow = new BlobSweep(
                blobs.store(),
                digest -> Mono.fromSupplier(() -> named.contains(digest))
                        // The last that named them lets go between the look and what follows from it.
                        .delayUntil(wasNamed -> released.add(List.of(digest)).then(Mono.fromRunnable(named::clear))),
                released,
                mongo,
                clock);

        slow.sweep().block(Blobs.PATIENCE);
        assertThat(releasedBlobs()).hasSize(1);

        after(BlobSweep.BEFORE_TRASH.plus(A_MOMENT));
        after(BlobSweep.IN_TRASH.plus(A_MOMENT));
        assertNothingIsLeft();
    }

    // --- Several at once

    /**
     * Uploads and deletions of the same few bytes, and two replicas that sweep all the time, at their own pace. The clock
     * moves by less than makes a file that is being uploaded look abandoned.
     */
    @Test
    void losesNothingThatIsNamedWhenTwoReplicasSweepAtOnce() {
        Blobs other = replica();
        Flux<Void> sweeping = Flux.range(0, 40).concatMap(round -> {
            if (round % 8 == 0) {
                clock.advance(BlobSweep.IN_TRASH.plus(A_MOMENT));
            }
            return Mono.when(sweep.sweep(), sweepOf(other).sweep());
        });
        List<Content> kept = new ArrayList<>();
        Flux<Void> using = Flux.range(0, 40)
                .concatMap(round -> Mono.<Void>fromRunnable(() -> {
                            String text = "shared " + round % 4;
                            StagedContent staged = blobs.staged(text);
                            blobs.publish(staged);
                            name(staged);
                            blobs.settle(staged);
                            assertThat(blobs.read(staged.content(), 0, text.length()))
                                    .isEqualTo(text);
                            if (round < 36) {
                                release(staged);
                                named.remove(staged.content().sha256());
                            } else {
                                kept.add(staged.content());
                            }
                        })
                        .subscribeOn(Schedulers.boundedElastic()));

        Mono.when(sweeping, using).block(Duration.ofMinutes(2));
        for (int round = 0; round < 3; round++) {
            after(BlobSweep.ABANDONED.plus(A_MOMENT));
        }

        assertThat(kept).hasSize(4);
        for (Content content : kept) {
            assertThat(blobs.read(content, 0, content.size())).startsWith("shared ");
        }
        assertThat(blobs.trash()).isEmpty();
        assertThat(blobs.staging()).isEmpty();
    }

    // ---

    private void name(StagedContent staged) {
        named.add(staged.content().sha256());
    }

    private void release(StagedContent staged) {
        released.add(List.of(staged.content().sha256())).block(Blobs.PATIENCE);
    }

    private void after(Duration time) {
        clock.advance(time);
        sweep.sweep().block(Blobs.PATIENCE);
    }

    private List<ReleasedBlob> releasedBlobs() {
        List<ReleasedBlob> all = mongo.findAll(ReleasedBlob.class).collectList().block(Blobs.PATIENCE);
        return all == null ? List.of() : all;
    }

    private void assertNothingIsLeft() {
        assertThat(blobs.everything()).isEmpty();
        assertThat(blobs.trash()).isEmpty();
        assertThat(blobs.staging()).isEmpty();
        assertThat(releasedBlobs()).isEmpty();
    }
}
