package io.sluice.itemservice.item;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.function.LongSupplier;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Whether somebody is changing the items of a dataset, known to all replicas. A replica says so in a document of the
 * database before its first change, and again while it goes on, with a new revision each time. So what was counted while
 * nobody changed anything still holds as long as the revision is the same.
 */
@Component
class ChangeMarks {

    /** As long as a replica makes changes without saying so again. */
    static final Duration HELD = Duration.ofSeconds(10);

    /** As long as the others take it to do so; the difference is more than what their clocks may differ by. */
    static final Duration LASTS = Duration.ofSeconds(15);

    private static final String COLLECTION = "item_changes";
    private static final String REVISION = "revision";
    private static final String UNTIL = "until";
    private static final String NEVER_CHANGED = "";

    private final ReactiveMongoTemplate mongo;
    private final Clock clock;
    private final LongSupplier nanos;
    private final Cache<String, Mark> held =
            Caffeine.newBuilder().maximumSize(10_000).build();

    /** @param until by {@link #nanos}, when the replica has to say again that it makes changes */
    private record Mark(Mono<Boolean> said, long until) {}

    @Autowired
    ChangeMarks(ReactiveMongoTemplate mongo, Clock clock) {
        this(mongo, clock, System::nanoTime);
    }

    ChangeMarks(ReactiveMongoTemplate mongo, Clock clock, LongSupplier nanos) {
        this.mongo = mongo;
        this.clock = clock;
        this.nanos = nanos;
    }

    /** Makes a change of items of a dataset; it ends only when every replica knows that what it has counted is old. */
    <T> Mono<T> around(String datasetId, Mono<T> change) {
        return say(datasetId)
                .then(change.materialize())
                // One that took longer than the others reckon with has to be told of before anybody is answered.
                .delayUntil(end -> say(datasetId))
                .dematerialize();
    }

    <T> Mono<T> around(Collection<String> datasetIds, Mono<T> change) {
        return Flux.fromIterable(datasetIds)
                .flatMap(this::say)
                .then(change.materialize())
                .delayUntil(end -> Flux.fromIterable(datasetIds).flatMap(this::say))
                .dematerialize();
    }

    /** What changes with the items of a dataset; empty while somebody may be changing them. */
    Mono<String> revision(String datasetId) {
        return mongo.execute(COLLECTION, marks -> marks.find(Filters.eq("_id", datasetId)))
                .next()
                .defaultIfEmpty(new Document())
                .filter(mark -> mark.getDate(UNTIL) == null
                        || mark.getDate(UNTIL).toInstant().isBefore(clock.instant()))
                .map(mark -> mark.isEmpty()
                        ? NEVER_CHANGED
                        : mark.getObjectId(REVISION).toHexString());
    }

    private Mono<Boolean> say(String datasetId) {
        return Mono.defer(() -> {
            Mark mark = held.asMap().compute(datasetId, (id, before) -> isHeld(before) ? before : mark(id));
            return mark.said();
        });
    }

    private boolean isHeld(@Nullable Mark mark) {
        return mark != null && nanos.getAsLong() - mark.until() < 0;
    }

    private Mark mark(String datasetId) {
        long until = nanos.getAsLong() + HELD.toNanos();
        Mono<Boolean> said = Mono.defer(() -> write(datasetId, clock.instant().plus(LASTS)))
                .retryWhen(Retry.max(3).filter(DuplicateKeyException.class::isInstance))
                .doOnError(failure -> held.invalidate(datasetId))
                .cache();
        return new Mark(said, until);
    }

    private Mono<Boolean> write(String datasetId, Instant until) {
        return mongo.execute(
                        COLLECTION,
                        marks -> marks.updateOne(
                                Filters.eq("_id", datasetId),
                                Updates.combine(
                                        Updates.set(REVISION, new ObjectId()), Updates.max(UNTIL, Date.from(until))),
                                new UpdateOptions().upsert(true)))
                .then(Mono.just(true));
    }
}
