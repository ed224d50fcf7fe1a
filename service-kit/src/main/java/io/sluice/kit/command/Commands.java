package io.sluice.kit.command;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import io.sluice.kit.auth.Reach;
import io.sluice.kit.command.Command.Status;
import io.sluice.kit.command.Command.Step;
import io.sluice.kit.mongo.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Sort;
import org.springframework.data.mongodb.core.FindAndModifyOptions;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.aggregation.Aggregation;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The stored commands. Whoever works on one names itself as its holder in each update, so that nobody else's is touched. */
public class Commands {

    /** How long one can be looked at when it has ended. */
    public static final Duration KEPT = Duration.ofDays(7);

    private static final String ID = "_id";
    private static final String STATUS = "status";
    private static final String CREATOR = "creator";
    private static final String TYPE = "type";
    private static final String DATASET_ID = "datasetId";
    private static final String PROJECT_ID = "projectId";
    private static final String STEP = "step";
    private static final String DONE = "done";
    private static final String SLOT = "slot";
    private static final String HOLDER = "holder";
    private static final String LEASED_UNTIL = "leasedUntil";
    private static final String ABORT_WANTED = "isAbortWanted";
    private static final String ATTEMPTS = "attempts";
    private static final String EXPIRES_AT = "expiresAt";

    private final ReactiveMongoTemplate mongo;
    private final Clock clock;
    private final Duration lease;

    Commands(ReactiveMongoTemplate mongo, Clock clock, CommandProperties properties) {
        this.mongo = mongo;
        this.clock = clock;
        this.lease = properties.lease();
    }

    /** Fails with {@code DuplicateKeyException} when the slot is taken. */
    public Mono<Command> insert(Command command) {
        return mongo.insert(command);
    }

    /** Empty for a malformed id, too: it is the id of nothing. */
    public Mono<Command> find(String commandId) {
        return ObjectId.isValid(commandId) ? mongo.findById(commandId, Command.class) : Mono.empty();
    }

    /**
     * Those that somebody asked for, the newest first.
     *
     * @param before only older ones than this; null for all
     */
    public Flux<Command> madeBy(String creator, Reach reach, @Nullable String before, int most) {
        Criteria wanted = where(CREATOR).is(creator);
        Set<String> projects = reach.projects();
        if (projects != null) {
            wanted.and(PROJECT_ID).in(projects);
        }
        if (before != null) {
            wanted.and(ID).lt(new ObjectId(before));
        }
        return mongo.find(query(wanted).with(Sort.by(ID).descending()).limit(most), Command.class);
    }

    /** The last ones of some types that are about a dataset, the newest first. */
    public Flux<Command> of(String datasetId, Collection<String> types, int most) {
        Criteria wanted = where(DATASET_ID).is(datasetId).and(TYPE).in(types);
        return mongo.find(query(wanted).with(Sort.by(ID).descending()).limit(most), Command.class);
    }

    /** The places that the unfinished commands of somebody have. */
    Flux<String> slotsOf(String creator) {
        Query unfinished = query(where(CREATOR).is(creator).and(SLOT).exists(true));
        return mongo.findDistinct(unfinished, SLOT, Command.class, String.class);
    }

    /** How many wait of each of these types. */
    Mono<Map<String, Long>> waiting(Collection<String> types) {
        Map<String, Long> counts = new TreeMap<>();
        types.forEach(type -> counts.put(type, 0L));
        Aggregation byType = Aggregation.newAggregation(
                Aggregation.match(
                        where(LEASED_UNTIL).lte(clock.instant()).and(TYPE).in(types)),
                Aggregation.group(TYPE).count().as("count"));
        return mongo.aggregate(byType, Command.class, Document.class)
                .doOnNext(one -> counts.put(
                        one.getString(ID),
                        Objects.requireNonNull(one.get("count", Number.class)).longValue()))
                .then(Mono.just(counts));
    }

    /** Takes up the one that has waited longest; empty when none waits. */
    Mono<Command> claim(Collection<String> types) {
        Instant now = clock.instant();
        Query waiting = query(where(LEASED_UNTIL).lte(now).and(TYPE).in(types)).with(Sort.by(LEASED_UNTIL));
        return change(
                waiting,
                seen(now)
                        .set(STATUS, Status.IN_PROGRESS)
                        .set(HOLDER, new ObjectId().toHexString())
                        .set(LEASED_UNTIL, now.plus(lease))
                        .inc(ATTEMPTS, 1));
    }

    /** Says that its holder is alive; false when it is held no more. */
    Mono<Boolean> renew(Command held) {
        Update alive = Update.update(LEASED_UNTIL, clock.instant().plus(lease));
        return mongo.updateFirst(query(heldBy(held)), alive, Command.class)
                .map(result -> result.getMatchedCount() == 1);
    }

    /** Says how much there is to do; empty when it is held no more. */
    Mono<Command> count(Command held, long total) {
        return change(query(heldBy(held)), seen(clock.instant()).set("total", total));
    }

    /** Writes down a step before it is carried out; empty when it is held no more, or is to stop. */
    Mono<Command> begin(Command held, Step step) {
        Instant now = clock.instant();
        return change(
                query(heldBy(held).and(ABORT_WANTED).ne(true)),
                seen(now)
                        .set(STEP, step)
                        .set(DONE, held.doneWithStep())
                        .set(ATTEMPTS, 0)
                        .set(LEASED_UNTIL, now.plus(lease)));
    }

    /** Says how far a step is; empty when it is held no more, or is to stop. */
    Mono<Command> reach(Command held, long done) {
        Instant now = clock.instant();
        return change(
                query(heldBy(held).and(ABORT_WANTED).ne(true)),
                seen(now).set(DONE, done).set(LEASED_UNTIL, now.plus(lease)));
    }

    /** Ends one of which all steps are done; empty when it is held no more. */
    Mono<Command> succeed(Command held, JsonObject result) {
        return change(
                query(heldBy(held)),
                ended(Status.SUCCESS).set(DONE, held.doneWithStep()).set("result", result));
    }

    /** Ends one that cannot go on; empty when it is held no more. */
    Mono<Command> fail(Command held, String error) {
        return change(query(heldBy(held)), ended(Status.FAILED).set("error", error));
    }

    /** Ends one that is to stop; empty when it is not, or is held no more. */
    Mono<Command> stop(Command held, long done) {
        return change(
                query(heldBy(held).and(ABORT_WANTED).is(true)),
                ended(Status.ABORTED).set(DONE, done));
    }

    /** Lets another take it up at once; changes nothing when it has ended or is held no more. */
    Mono<Void> release(Command held) {
        Update released =
                Update.update(LEASED_UNTIL, clock.instant()).unset(HOLDER).set(ATTEMPTS, 0);
        return mongo.updateFirst(query(heldBy(held)), released, Command.class).then();
    }

    /** Ends one that nobody has begun, and lets its holder end any other; what has ended stays as it is. */
    public Mono<Command> abort(String commandId) {
        return change(query(where(ID).is(commandId).and(STATUS).is(Status.CREATED)), ended(Status.ABORTED))
                .switchIfEmpty(Mono.defer(() -> change(
                        query(where(ID).is(commandId).and(STATUS).is(Status.IN_PROGRESS)),
                        seen(clock.instant()).set(ABORT_WANTED, true))))
                .switchIfEmpty(Mono.defer(() -> find(commandId)));
    }

    /** Forgets those whose time has come. A real MongoDB does it itself, by the index; the embedded one does not. */
    Mono<Void> sweep() {
        return mongo.remove(query(where(EXPIRES_AT).lte(clock.instant())), Command.class)
                .then();
    }

    private static Criteria heldBy(Command held) {
        return where(ID).is(held.id()).and(HOLDER).is(held.holder());
    }

    private Mono<Command> change(Query which, Update change) {
        return mongo.findAndModify(which, change, FindAndModifyOptions.options().returnNew(true), Command.class);
    }

    private static Update seen(Instant now) {
        return Update.update("updatedAt", now).inc("revision", 1);
    }

    private Update ended(Status status) {
        Instant now = clock.instant();
        return seen(now)
                .set(STATUS, status)
                .set(EXPIRES_AT, now.plus(KEPT))
                .unset("what")
                .unset(STEP)
                .unset(SLOT)
                .unset(HOLDER)
                .unset(LEASED_UNTIL);
    }
}
