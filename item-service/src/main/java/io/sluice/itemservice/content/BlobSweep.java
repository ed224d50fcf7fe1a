package io.sluice.itemservice.content;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import io.sluice.itemservice.content.segment.Segments;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Removes bytes that no item names: to the trash soon after they were let go of, for good some minutes later, after a
 * second look. Takes up what a crash left half-way. Any number of replicas may sweep the same folder at once.
 */
@Component
class BlobSweep {

    private static final Logger log = LoggerFactory.getLogger(BlobSweep.class);

    /** Longer than a document takes to be written after its bytes were published. */
    static final Duration BEFORE_TRASH = Duration.ofMinutes(1);

    static final Duration IN_TRASH = Duration.ofMinutes(10);

    /** Longer than an upload may pause, so that a file nobody has touched since is nobody's. */
    static final Duration ABANDONED = Segments.lease();

    private final BlobStore blobs;
    private final BlobReferences references;
    private final ReleasedBlobs released;
    private final ReactiveMongoTemplate mongo;
    private final Clock clock;

    BlobSweep(
            BlobStore blobs,
            BlobReferences references,
            ReleasedBlobs released,
            ReactiveMongoTemplate mongo,
            Clock clock) {
        this.blobs = blobs;
        this.references = references;
        this.released = released;
        this.mongo = mongo;
        this.clock = clock;
    }

    /** One round. */
    @Scheduled(initialDelay = 30, fixedDelay = 30, timeUnit = TimeUnit.SECONDS)
    Mono<Void> sweep() {
        return takeUpAbandoned().then(discardReleased()).then(emptyTrash()).onErrorResume(failure -> {
            log.warn("Sweeping stopped early and goes on next time: {}", failure.toString());
            return Mono.empty();
        });
    }

    private Mono<Void> takeUpAbandoned() {
        return blobs.stagedFor(ABANDONED)
                .concatMap(this::takeUp)
                .thenMany(blobs.heldFor(ABANDONED))
                .concatMap(held -> released.add(List.of(held.sha256())).then(blobs.removeHeld(held)))
                .then(blobs.takeOver(this::takeUp));
    }

    /** Of what a process that is no more has written, most is named. */
    private Mono<Void> takeUp(List<String> digests) {
        return references
                .named(digests)
                .flatMap(named -> released.add(digests.stream()
                        .filter(digest -> !named.contains(digest))
                        .toList()));
    }

    private Mono<Void> takeUp(Path staged) {
        return blobs.digestOf(staged)
                .flatMap(digest -> released.add(List.of(digest)))
                .then(blobs.removeStaged(staged));
    }

    private Mono<Void> discardReleased() {
        return mongo.find(query(where("releasedAt").lt(clock.instant().minus(BEFORE_TRASH))), ReleasedBlob.class)
                .concatMap(blob -> references
                        .exist(blob.sha256())
                        .flatMap(named -> named ? Mono.<Void>empty() : blobs.discard(blob.sha256()))
                        .then(mongo.remove(
                                query(where("_id")
                                        .is(blob.sha256())
                                        .and("releasedAt")
                                        .is(blob.releasedAt())),
                                ReleasedBlob.class)))
                .then();
    }

    private Mono<Void> emptyTrash() {
        return blobs.inTrashFor(IN_TRASH)
                .concatMap(digest ->
                        references.exist(digest).flatMap(named -> named ? blobs.restore(digest) : blobs.purge(digest)))
                .then();
    }
}
