package io.sluice.itemservice.content.s3;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.data.mongodb.core.FindAndModifyOptions;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Update;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The lots of this process, and what replicas tell each other about lots. */
final class Lots {

    /** For how long others wait for a word of this process before they take its lots over. */
    static final Duration LEASE = Duration.ofHours(1);

    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** Whoever looks at all of a lot asks for so many objects. */
    private static final int MOST_OBJECTS = 10_000;

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String ID = "_id";
    private static final String OWNER = "owner";
    private static final String SEEN_AT = "seenAt";

    private final ReactiveMongoTemplate mongo;
    private final Clock clock;
    private final String owner = UUID.randomUUID().toString();
    private final Map<String, Lot> own = new ConcurrentHashMap<>();
    private @Nullable Lot current;
    private @Nullable Mono<Lot> next;

    Lots(ReactiveMongoTemplate mongo, Clock clock) {
        this.mongo = mongo;
        this.clock = clock;
    }

    /** A lot with a trace in it that is the caller's to remove. Its note is durable. */
    Mono<Lot> enter() {
        return Mono.defer(() -> {
            Lot open = current();
            return open != null ? Mono.just(open) : next().then(Mono.defer(this::enter));
        });
    }

    private synchronized @Nullable Lot current() {
        Lot open = current;
        if (open == null) {
            return null;
        }
        Instant now = clock.instant();
        boolean isOld = open.begunAt().plus(LONGEST).isBefore(now) || open.isStale(now, LEASE);
        if (isOld || !open.addTrace(MOST_OBJECTS)) {
            open.seal();
            current = null;
            return null;
        }
        return open;
    }

    /** Said before there is any object in it. All who need one at the same time get the same. */
    private synchronized Mono<Lot> next() {
        if (current != null) {
            return Mono.just(current);
        }
        Mono<Lot> coming = next;
        if (coming == null) {
            Lot fresh = new Lot(UUID.randomUUID().toString().replace("-", ""), clock.instant());
            coming = mongo.insert(new LotNote(fresh.id(), owner, fresh.begunAt()))
                    .timeout(PATIENCE)
                    .map(noted -> begin(fresh))
                    .doOnError(failure -> forgetNext())
                    .cache();
            next = coming;
        }
        return coming;
    }

    private synchronized Lot begin(Lot fresh) {
        own.put(fresh.id(), fresh);
        current = fresh;
        next = null;
        return fresh;
    }

    private synchronized void forgetNext() {
        next = null;
    }

    /** Whether nobody has taken the lot over from a process that stood still for very long. */
    Mono<Boolean> isOurs(Lot lot) {
        if (!lot.isStale(clock.instant(), LEASE)) {
            return Mono.just(true);
        }
        return mongo.exists(query(where(ID).is(lot.id()).and(OWNER).is(owner)), LotNote.class)
                .doOnNext(isOurs -> {
                    if (!isOurs) {
                        lot.seal();
                        own.remove(lot.id());
                    }
                });
    }

    /** Tells the others that this process is there, and which of its lots are theirs to look after. */
    Mono<Void> renew() {
        return Mono.defer(() -> {
            sealIfOld();
            return Flux.fromIterable(List.copyOf(own.values()))
                    .filter(Lot::isOver)
                    .concatMap(lot ->
                            (lot.isUntidy() ? leave(lot) : remove(lot.id())).doOnSuccess(done -> own.remove(lot.id())))
                    .then(Mono.defer(() -> renew(List.copyOf(own.values()))));
        });
    }

    private synchronized void sealIfOld() {
        Lot open = current;
        if (open != null && open.begunAt().plus(LONGEST).isBefore(clock.instant())) {
            open.seal();
            current = null;
        }
    }

    private Mono<Void> renew(List<Lot> lots) {
        Instant now = clock.instant();
        return lots.isEmpty()
                ? Mono.empty()
                : mongo.updateMulti(
                                query(where(ID)
                                        .in(lots.stream().map(Lot::id).toList())
                                        .and(OWNER)
                                        .is(owner)),
                                Update.update(SEEN_AT, now),
                                LotNote.class)
                        .doOnSuccess(renewed -> lots.forEach(lot -> lot.renewed(now)))
                        .then();
    }

    /** Somebody is to look after it now. */
    private Mono<Void> leave(Lot lot) {
        return mongo.updateFirst(
                        query(where(ID).is(lot.id()).and(OWNER).is(owner)),
                        Update.update(SEEN_AT, Instant.EPOCH),
                        LotNote.class)
                .then();
    }

    /** Begins no further objects in the current lot. */
    synchronized void seal() {
        if (current != null) {
            current.seal();
            current = null;
        }
    }

    /** Takes lots that somebody has left behind, one after the other. */
    Flux<LotNote> takeLeft() {
        return mongo.find(query(where(SEEN_AT).lt(clock.instant().minus(LEASE))), LotNote.class)
                .filter(left -> !own.containsKey(left.id()))
                .concatMap(left -> mongo.findAndModify(
                        query(where(ID)
                                .is(left.id())
                                .and(OWNER)
                                .is(left.owner())
                                .and(SEEN_AT)
                                .is(left.seenAt())),
                        Update.update(OWNER, owner).set(SEEN_AT, clock.instant()),
                        FindAndModifyOptions.options().returnNew(true),
                        LotNote.class));
    }

    /** Lots that have a note: what is in them may be under way. */
    Flux<String> noted() {
        return mongo.findAll(LotNote.class).map(LotNote::id);
    }

    Mono<Void> remove(String id) {
        return mongo.remove(query(where(ID).is(id)), LotNote.class).then();
    }
}
