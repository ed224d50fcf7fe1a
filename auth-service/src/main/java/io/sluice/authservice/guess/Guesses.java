package io.sluice.authservice.guess;

import static org.springframework.data.mongodb.core.query.Criteria.where;

import io.sluice.kit.error.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Makes guessing passwords slow, for all replicas and across restarts, and locks nobody out who knows the password: what
 * counts against somebody is what came from their own address. Too many failures of one account from everywhere leave
 * every address that the account has not signed in from lately one try in a while, and its first one always.
 */
@Component
public class Guesses {

    /** Wrong tries of one account from one address before the next one has to wait. */
    static final int FREE = 5;

    /** The same where the account has signed in from lately. */
    static final int FREE_WHERE_KNOWN = 20;

    /** Wrong tries from one address, of whatever accounts, before the next one has to wait. */
    static final int FREE_OF_ADDRESS = 100;

    /** Wrong tries of one account, from wherever, before strangers get one only. */
    static final int FREE_OF_ACCOUNT = 100;

    private static final Duration HOUR = Duration.ofHours(1);
    private static final int RETRIES = 20;

    private final ReactiveMongoTemplate mongo;
    private final Clock clock;

    Guesses(ReactiveMongoTemplate mongo, Clock clock) {
        this.mongo = mongo;
        this.clock = clock;
    }

    /** One try, with the keys of what it counts against. */
    private record Try(Attempts pair, String account, String address) {}

    /**
     * Checks a password if this account may be tried from this address now.
     *
     * @param account in lower case; it does not matter whether there is one
     * @param check what the password opens; empty when it is wrong
     * @return that; {@link Problem#UNAUTHENTICATED} for a wrong password and {@link Problem#TOO_MANY_REQUESTS} before it
     *     is looked at, both with {@code Retry-After} when there is something to wait for
     */
    public <T> Mono<T> attempt(String account, String address, Mono<T> check) {
        return Mono.usingWhen(
                begin(account, address),
                begun -> check.flatMap(right -> succeeded(begun).thenReturn(right))
                        .switchIfEmpty(Mono.defer(() -> failed(begun).<T>flatMap(Mono::error))),
                begun -> Mono.empty(),
                (begun, failure) -> isWrong(failure) ? Mono.empty() : undone(begun),
                this::failed);
    }

    private static boolean isWrong(Throwable failure) {
        return failure instanceof ErrorResponseException problem
                && problem.getStatusCode().value() == Problem.UNAUTHENTICATED.status();
    }

    /** Takes a place among the tries that are allowed at once, so that a crowd of them is not all free. */
    private Mono<Try> begin(String account, String address) {
        return Mono.defer(() -> beginOnce(account, address))
                .retryWhen(Retry.backoff(RETRIES, Duration.ofMillis(10))
                        .maxBackoff(Duration.ofMillis(500))
                        .filter(failure -> failure instanceof OptimisticLockingFailureException
                                || failure instanceof DuplicateKeyException)
                        .onRetryExhaustedThrow((spec, last) -> tooMany(Duration.ofSeconds(1))));
    }

    private Mono<Try> beginOnce(String account, String address) {
        Instant now = clock.instant();
        String pairId = "p/" + digest(account + "\n" + address);
        String ofAccount = "u/" + digest(account) + "/";
        String ofAddress = "a/" + digest(address) + "/";
        long hour = hour(now);
        List<String> ids = Stream.of(ofAccount, ofAddress)
                .flatMap(prefix -> Stream.of(prefix + hour, prefix + (hour - 1)))
                .toList();
        Query counts = Query.query(
                where("_id").in(Stream.concat(Stream.of(pairId), ids.stream()).toList()));
        return mongo.find(counts, Attempts.class)
                .collect(Collectors.toMap(Attempts::id, counted -> counted))
                .flatMap(found -> {
                    Attempts stored = found.getOrDefault(pairId, Attempts.none(pairId, now));
                    Attempts pair = stored.at(now);
                    int free = requireAllowed(pair, sum(found, ofAccount, now), sum(found, ofAddress, now), now);
                    if (pair.pending() > 0 && pair.failures() + pair.pending() >= free) {
                        return Mono.error(new OptimisticLockingFailureException("Others are being checked"));
                    }
                    return reserve(found.containsKey(pairId), stored, pair, now)
                            .thenReturn(new Try(pair, ofAccount + hour, ofAddress + hour));
                });
    }

    /** How many may fail for nothing; throws when this one has to wait. */
    private static int requireAllowed(Attempts pair, Attempts account, Attempts address, Instant now) {
        if (pair.isKnownAt(now)) {
            requireNoDelay(pair.delayAt(now, FREE_WHERE_KNOWN));
            return FREE_WHERE_KNOWN;
        }
        requireNoDelay(address.delayAt(now, FREE_OF_ADDRESS));
        if (account.failures() >= FREE_OF_ACCOUNT) {
            requireNoDelay(pair.longestDelayAt(now));
            return 1;
        }
        requireNoDelay(pair.delayAt(now, FREE));
        return FREE;
    }

    private static void requireNoDelay(Duration delay) {
        if (!delay.isZero()) {
            throw tooMany(delay);
        }
    }

    /** Of this hour and the one before. */
    private static Attempts sum(Map<String, Attempts> found, String prefix, Instant now) {
        Attempts current = found.getOrDefault(prefix + hour(now), Attempts.none(prefix, Instant.EPOCH));
        Attempts before = found.getOrDefault(prefix + (hour(now) - 1), Attempts.none(prefix, Instant.EPOCH));
        Instant last = current.lastAt().isAfter(before.lastAt()) ? current.lastAt() : before.lastAt();
        return new Attempts(prefix, current.failures() + before.failures(), 0, last, null, last);
    }

    private Mono<Void> reserve(boolean isStored, Attempts stored, Attempts pair, Instant now) {
        Instant expiresAt = now.plus(Attempts.REMEMBERED);
        if (!isStored) {
            return mongo.insert(new Attempts(pair.id(), 0, 1, now, null, expiresAt))
                    .then();
        }
        Query ifUnchanged = Query.query(where("_id")
                .is(stored.id())
                .and("failures")
                .is(stored.failures())
                .and("pending")
                .is(stored.pending())
                .and("lastAt")
                .is(stored.lastAt()));
        Update reserved = Update.update("failures", pair.failures())
                .set("pending", Math.max(0, pair.pending()) + 1)
                .set("lastAt", now)
                .max("expiresAt", expiresAt);
        return mongo.updateFirst(ifUnchanged, reserved, Attempts.class)
                .filter(result -> result.getMatchedCount() == 1)
                .switchIfEmpty(Mono.error(() -> new OptimisticLockingFailureException("Another try came first")))
                .then();
    }

    private Mono<Void> succeeded(Try begun) {
        Instant now = clock.instant();
        Update right = Update.update("failures", 0)
                .inc("pending", -1)
                .set("succeededAt", now)
                .max("expiresAt", now.plus(Attempts.KNOWN));
        return update(begun, right);
    }

    /** Counts it everywhere, and says what to answer. */
    private Mono<ErrorResponseException> failed(Try begun) {
        Instant now = clock.instant();
        Update wrong = new Update().inc("failures", 1).inc("pending", -1).set("lastAt", now);
        Attempts after = new Attempts(
                begun.pair().id(),
                begun.pair().failures() + 1,
                0,
                now,
                begun.pair().succeededAt(),
                now);
        int free = after.isKnownAt(now) ? FREE_WHERE_KNOWN : FREE;
        return update(begun, wrong)
                .then(count(begun.account(), now))
                .then(count(begun.address(), now))
                .then(forgetOld(now))
                .thenReturn(wrong(after.delayAt(now, free)));
    }

    /** The embedded database sweeps nothing itself. */
    private Mono<Void> forgetOld(Instant now) {
        return mongo.remove(Query.query(where("expiresAt").lte(now)), Attempts.class)
                .then();
    }

    private Mono<Void> undone(Try begun) {
        return update(begun, new Update().inc("pending", -1));
    }

    private Mono<Void> update(Try begun, Update change) {
        return mongo.updateFirst(Query.query(where("_id").is(begun.pair().id())), change, Attempts.class)
                .then();
    }

    private Mono<Void> count(String id, Instant now) {
        Update counted = new Update()
                .inc("failures", 1)
                .setOnInsert("pending", 0)
                .set("lastAt", now)
                .setOnInsert("expiresAt", now.plus(HOUR.multipliedBy(2)));
        return mongo.upsert(Query.query(where("_id").is(id)), counted, Attempts.class)
                .then();
    }

    private static ErrorResponseException wrong(Duration delay) {
        ErrorResponseException problem = Problem.UNAUTHENTICATED.with("Wrong user name or password");
        problem.getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        return delay.isZero() ? problem : retryAfter(problem, delay);
    }

    private static ErrorResponseException tooMany(Duration delay) {
        return retryAfter(
                Problem.TOO_MANY_REQUESTS.with("Too many wrong passwords were sent; wait before you try again"), delay);
    }

    private static ErrorResponseException retryAfter(ErrorResponseException problem, Duration delay) {
        long seconds = Math.max(1, delay.plusMillis(999).toSeconds());
        problem.getHeaders().set(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
        return problem;
    }

    private static long hour(Instant now) {
        return now.getEpochSecond() / HOUR.toSeconds();
    }

    /** Neither names nor addresses are kept. */
    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
