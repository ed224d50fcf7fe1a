package io.sluice.kit.idempotency;

import static org.springframework.data.mongodb.core.query.Criteria.where;

import com.mongodb.client.result.UpdateResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The keys in the service's own database, where all its replicas see them. */
class KeyUses {

    /** How long an answer is repeated. */
    static final Duration KEPT = Duration.ofHours(24);

    /** How long after its last sign of life somebody who carries out a request is taken for dead. */
    static final Duration HELD = Duration.ofSeconds(60);

    private static final Logger log = LoggerFactory.getLogger(KeyUses.class);

    private static final Duration RENEWED = Duration.ofSeconds(15);
    private static final Duration SWEPT = Duration.ofMinutes(10);
    private static final int REPEATS = 4;

    private static final String ID = "_id";
    private static final String HOLDER = "holder";
    private static final String HELD_UNTIL = "heldUntil";
    private static final String EXPIRES_AT = "expiresAt";
    private static final String REQUEST = "request";
    private static final String ANSWER = "answer";

    private final ReactiveMongoTemplate mongo;
    private final Clock clock;
    private final AtomicLong sweptAtMillis = new AtomicLong();

    KeyUses(ReactiveMongoTemplate mongo, Clock clock) {
        this.mongo = mongo;
        this.clock = clock;
    }

    /** @param request null for a form, which is known only when it has come to its end */
    Mono<Claim> claim(String id, KeyUse.@Nullable Request request) {
        return sweep().then(Mono.defer(() -> attempt(id, request)))
                .repeatWhenEmpty(changes -> changes.take(REPEATS))
                .defaultIfEmpty(new Claim.Held());
    }

    /** Empty when what is known of the key changed meanwhile. */
    private Mono<Claim> attempt(String id, KeyUse.@Nullable Request request) {
        Instant now = clock.instant();
        KeyUse mine = new KeyUse(id, new ObjectId().toHexString(), now.plus(HELD), now.plus(KEPT), request, null);
        return mongo.insert(mine)
                .<Claim>map(Claim.Granted::new)
                .onErrorResume(
                        DuplicateKeyException.class,
                        known -> mongo.findById(id, KeyUse.class).flatMap(use -> judge(use, mine, now)));
    }

    private Mono<Claim> judge(KeyUse known, KeyUse mine, Instant now) {
        if (!now.isBefore(known.expiresAt())) {
            return takeOver(known, mine);
        }
        KeyUse.Request request = known.request();
        if (request != null && mine.request() != null && !request.isSameAs(mine.request())) {
            return Mono.just(new Claim.Taken());
        }
        if (request != null && known.answer() != null) {
            return Mono.just(new Claim.Answered(request, known.answer()));
        }
        return now.isBefore(known.heldUntil()) ? Mono.just(new Claim.Held()) : takeOver(known, mine);
    }

    private Mono<Claim> takeOver(KeyUse known, KeyUse mine) {
        Query unchanged = Query.query(where(ID)
                .is(known.id())
                .and(HOLDER)
                .is(known.holder())
                .and(HELD_UNTIL)
                .is(known.heldUntil()));
        Update taken = new Update()
                .set(HOLDER, mine.holder())
                .set(HELD_UNTIL, mine.heldUntil())
                .set(EXPIRES_AT, mine.expiresAt())
                .set(REQUEST, mine.request())
                .unset(ANSWER);
        return mongo.updateFirst(unchanged, taken, KeyUse.class)
                .filter(KeyUses::hasMatched)
                .map(result -> new Claim.Granted(mine));
    }

    /** Says again and again, for a day at most, that somebody is at it; never ends. */
    Mono<Void> renewals(KeyUse use) {
        return Flux.interval(RENEWED)
                .take(KEPT.dividedBy(RENEWED))
                .onBackpressureDrop()
                .concatMap(tick -> renew(use).onErrorResume(failure -> {
                    log.warn("Cannot say that a request with a key is still carried out: {}", failure.toString());
                    return Mono.empty();
                }))
                .then(Mono.never());
    }

    Mono<Void> renew(KeyUse use) {
        Update held = Update.update(HELD_UNTIL, clock.instant().plus(HELD));
        return mongo.updateFirst(of(use), held, KeyUse.class).then();
    }

    /** Keeps the answer; false when somebody else has been given the request meanwhile. */
    Mono<Boolean> keep(KeyUse use, KeyUse.Request request, KeyUse.Answer answer) {
        Update kept = Update.update(REQUEST, request)
                .set(ANSWER, answer)
                .set(EXPIRES_AT, clock.instant().plus(KEPT));
        return mongo.updateFirst(of(use), kept, KeyUse.class).map(KeyUses::hasMatched);
    }

    /** Lets the next one carry the request out. What cannot be released is so by its time. */
    Mono<Void> release(KeyUse use) {
        return mongo.remove(of(use), KeyUse.class).then().onErrorResume(failure -> {
            log.warn("A key cannot be released before its time: {}", failure.toString());
            return Mono.empty();
        });
    }

    private static Query of(KeyUse use) {
        return Query.query(where(ID).is(use.id()).and(HOLDER).is(use.holder()));
    }

    private static boolean hasMatched(UpdateResult result) {
        return result.getMatchedCount() == 1;
    }

    /** A real MongoDB does it itself, by the index; the embedded one does not. */
    private Mono<Void> sweep() {
        Instant now = clock.instant();
        long last = sweptAtMillis.get();
        if (now.toEpochMilli() < last + SWEPT.toMillis() || !sweptAtMillis.compareAndSet(last, now.toEpochMilli())) {
            return Mono.empty();
        }
        return mongo.remove(Query.query(where(EXPIRES_AT).lte(now)), KeyUse.class)
                .then();
    }
}
