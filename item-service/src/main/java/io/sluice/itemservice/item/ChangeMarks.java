package io.sluice.itemservice.item;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.DeleteOneModel;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.bson.Document;
import org.bson.conversions.Bson;
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
 * nobody changed anything still holds as long as the revision is the same. Of files that come, go or are counted otherwise
 * it also says among which ids: in which cells, each of which has {@value #IDS_IN_CELL} ids at most.
 */
@Component
class ChangeMarks {

    /** As long as a replica makes changes without saying so again. */
    static final Duration HELD = Duration.ofSeconds(10);

    /** As long as the others take it to do so; the difference is more than what their clocks may differ by. */
    static final Duration LASTS = Duration.ofSeconds(15);

    /**
     * As long after that as nobody takes what was counted for good: what a replica has sent and not told of again before it
     * died has come to the database by then.
     */
    static final Duration SETTLES = Duration.ofSeconds(45);

    /** Ids of the same cell are the same up to here; the three digits behind tell them apart. */
    private static final int CELL = 21;

    static final int IDS_IN_CELL = 4_096;

    static final String COLLECTION = "item_changes";
    static final String CELL_OF = "cellOf";
    private static final int AT_ONCE = 64;
    private static final String REVISION = "revision";
    private static final String UNTIL = "until";
    private static final String NEVER_CHANGED = "";

    private final ReactiveMongoTemplate mongo;
    private final Clock clock;
    private final LongSupplier nanos;
    private final Cache<String, Mark> held =
            Caffeine.newBuilder().maximumSize(50_000).build();

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
        return around(Map.of(datasetId, List.of()), change);
    }

    /** As {@link #around(String, Mono)}, of a change after which an item may count otherwise: it comes, goes or changes so. */
    <T> Mono<T> around(String datasetId, String itemId, Mono<T> change) {
        return around(Map.of(datasetId, List.of(itemId)), change);
    }

    /** @param counted by dataset, the items that may count otherwise after the change */
    <T> Mono<T> around(Map<String, ? extends Collection<String>> counted, Mono<T> change) {
        return say(counted)
                .then(change.materialize())
                // One that took longer than the others reckon with has to be told of before anybody is answered.
                .delayUntil(end -> say(counted))
                .dematerialize();
    }

    private Mono<Void> say(Map<String, ? extends Collection<String>> counted) {
        return Flux.fromIterable(counted.entrySet())
                .flatMapIterable(dataset -> Stream.concat(
                                Stream.of(new Key(dataset.getKey(), null)),
                                dataset.getValue().stream()
                                        .map(itemId -> itemId.substring(0, CELL))
                                        .distinct()
                                        .map(cell -> new Key(dataset.getKey(), cell)))
                        .toList())
                .flatMap(this::say, AT_ONCE)
                .then();
    }

    /** @param cell null for the dataset as a whole */
    private record Key(String datasetId, @Nullable String cell) {

        String id() {
            return cell == null ? datasetId : datasetId + "/" + cell;
        }
    }

    /**
     * Some ids of which somebody has said that items come or go there.
     *
     * @param id of the mark itself
     * @param isSettled whether everything that was said of has happened
     */
    record Cell(String id, ObjectId revision, boolean isSettled) {

        String first() {
            return digits() + "000";
        }

        String last() {
            return digits() + "fff";
        }

        private String digits() {
            return id.substring(id.length() - CELL);
        }
    }

    /** Where files have come or gone and nobody has {@link #forget}. */
    Flux<Cell> cells(String datasetId) {
        Instant settled = clock.instant().minus(SETTLES);
        return mongo.execute(COLLECTION, marks -> marks.find(cellsOf(datasetId)))
                .map(mark -> new Cell(
                        mark.getString("_id"),
                        mark.getObjectId(REVISION),
                        mark.getDate(UNTIL).toInstant().isBefore(settled)));
    }

    /** Of these cells everything is counted; one of which somebody has said more since stays. */
    Mono<Void> forget(Collection<Cell> cells) {
        List<DeleteOneModel<Document>> deletions = cells.stream()
                .map(cell -> new DeleteOneModel<Document>(
                        Filters.and(Filters.eq("_id", cell.id()), Filters.eq(REVISION, cell.revision()))))
                .toList();
        return deletions.isEmpty()
                ? Mono.empty()
                : mongo.execute(COLLECTION, marks -> marks.bulkWrite(deletions, new BulkWriteOptions().ordered(false)))
                        .then();
    }

    /** Forgets all about a dataset that is gone. */
    Mono<Void> forget(String datasetId) {
        return mongo.execute(
                        COLLECTION,
                        marks -> marks.deleteMany(Filters.or(Filters.eq("_id", datasetId), cellsOf(datasetId))))
                .then();
    }

    /** The datasets with cells that can be counted for good. */
    Flux<String> settled() {
        return mongo.execute(
                COLLECTION,
                marks -> marks.distinct(
                        CELL_OF,
                        Filters.and(
                                Filters.exists(CELL_OF),
                                Filters.lt(UNTIL, Date.from(clock.instant().minus(SETTLES)))),
                        String.class));
    }

    private static Bson cellsOf(String datasetId) {
        // The character behind the slash.
        return Filters.and(Filters.gt("_id", datasetId + "/"), Filters.lt("_id", datasetId + "0"));
    }

    /**
     * What is known of a dataset at a moment.
     *
     * @param revision what changes with its items; null while somebody may be changing them
     * @param hasDottedKeys as {@link DottedKeys} has it: null when nobody has looked
     */
    record Seen(@Nullable String revision, @Nullable Boolean hasDottedKeys) {}

    Mono<Seen> seen(String datasetId) {
        return mongo.execute(COLLECTION, marks -> marks.find(Filters.eq("_id", datasetId)))
                .next()
                .defaultIfEmpty(new Document())
                .map(mark -> new Seen(revisionOf(mark), mark.getBoolean(DottedKeys.FIELD)));
    }

    private @Nullable String revisionOf(Document mark) {
        Date until = mark.getDate(UNTIL);
        if (until == null) {
            return NEVER_CHANGED;
        }
        return until.toInstant().isBefore(clock.instant())
                ? mark.getObjectId(REVISION).toHexString()
                : null;
    }

    /** What changes with the items of a dataset; empty while somebody may be changing them. */
    Mono<String> revision(String datasetId) {
        return seen(datasetId).mapNotNull(Seen::revision);
    }

    private Mono<Boolean> say(Key key) {
        return Mono.defer(() -> {
            Mark mark = held.asMap().compute(key.id(), (id, before) -> isHeld(before) ? before : mark(key));
            return mark.said();
        });
    }

    private boolean isHeld(@Nullable Mark mark) {
        return mark != null && nanos.getAsLong() - mark.until() < 0;
    }

    private Mark mark(Key key) {
        long until = nanos.getAsLong() + HELD.toNanos();
        Mono<Boolean> said = Mono.defer(() -> write(key, clock.instant().plus(LASTS)))
                .retryWhen(Retry.max(3).filter(DuplicateKeyException.class::isInstance))
                .doOnError(failure -> held.invalidate(key.id()))
                .cache();
        return new Mark(said, until);
    }

    private Mono<Boolean> write(Key key, Instant until) {
        List<Bson> updates =
                new ArrayList<>(List.of(Updates.set(REVISION, new ObjectId()), Updates.max(UNTIL, Date.from(until))));
        if (key.cell() != null) {
            updates.add(Updates.set(CELL_OF, key.datasetId()));
        }
        return mongo.execute(
                        COLLECTION,
                        marks -> marks.updateOne(
                                Filters.eq("_id", key.id()),
                                Updates.combine(updates),
                                new UpdateOptions().upsert(true)))
                .then(Mono.just(true));
    }
}
