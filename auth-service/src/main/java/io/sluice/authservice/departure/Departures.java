package io.sluice.authservice.departure;

import static org.springframework.data.mongodb.core.query.Criteria.where;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.data.mongodb.core.FindAndModifyOptions;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Ends accounts. The steps are done at once; those that fail, and those that a crash has cut short, are repeated in the
 * background by whichever replica comes first.
 */
@Component
public class Departures implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Departures.class);

    private static final Duration POLL = Duration.ofSeconds(2);
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(20);
    private static final Duration LONGEST_FIRST_ATTEMPT = Duration.ofSeconds(3);
    private static final int LONGEST_PAUSE_SECONDS = 30;

    private final List<EndsWithAccount> steps;
    private final ReactiveMongoTemplate mongo;
    private final Clock clock;
    private Disposable work = Disposables.disposed();

    Departures(List<EndsWithAccount> steps, ReactiveMongoTemplate mongo, Clock clock) {
        this.steps = steps;
        this.mongo = mongo;
        this.clock = clock;
    }

    /**
     * Ends an account. What cannot be ended now, because another service does not answer, ends later: that is no failure
     * of this call.
     */
    public Mono<Void> begin(String userId) {
        Update order = new Update().set("dueAt", clock.instant().plus(LEASE)).inc("attempts", 1);
        return mongo.findAndModify(
                        byId(userId),
                        order,
                        FindAndModifyOptions.options().upsert(true).returnNew(true),
                        Departure.class)
                .flatMap(departure -> attempt(departure, LONGEST_FIRST_ATTEMPT));
    }

    /** Whether an account of that name is still on its way out, so that nobody may have the name yet. */
    public Mono<Boolean> isUnderWay(String userId) {
        return mongo.exists(byId(userId), Departure.class);
    }

    private Mono<Void> attempt(Departure departure, Duration longest) {
        return Flux.fromIterable(steps)
                .concatMap(step -> step.endFor(departure.userId()))
                .then(Mono.defer(() -> mongo.remove(byId(departure.userId()), Departure.class)))
                .then()
                .timeout(longest)
                .onErrorResume(failure -> postpone(departure, failure));
    }

    private Mono<Void> postpone(Departure departure, Throwable failure) {
        log.warn(
                "Ending the account {} did not work at attempt {}, it will be tried again: {}",
                departure.userId(),
                departure.attempts(),
                failure.toString());
        int pause = Math.min(1 << Math.min(departure.attempts() - 1, 10), LONGEST_PAUSE_SECONDS);
        Update due = Update.update("dueAt", clock.instant().plusSeconds(pause));
        return mongo.updateFirst(byId(departure.userId()), due, Departure.class).then();
    }

    @Override
    public void start() {
        work = Flux.interval(POLL)
                .onBackpressureDrop()
                .concatMap(tick -> workOff().onErrorResume(Departures::isLater))
                .subscribe();
    }

    private static Mono<Void> isLater(Throwable failure) {
        log.warn("Cannot look for accounts to end: {}", failure.toString());
        return Mono.empty();
    }

    /** Takes one due order after the other until there is none. */
    private Mono<Void> workOff() {
        return Mono.defer(this::take)
                .flatMap(departure -> attempt(departure, LONGEST_ATTEMPT).thenReturn(true))
                .defaultIfEmpty(false)
                .repeat()
                .takeWhile(found -> found)
                .then();
    }

    private Mono<Departure> take() {
        Instant now = clock.instant();
        Update hold = Update.update("dueAt", now.plus(LEASE)).inc("attempts", 1);
        return mongo.findAndModify(
                Query.query(where("dueAt").lte(now)),
                hold,
                FindAndModifyOptions.options().returnNew(true),
                Departure.class);
    }

    @Override
    public void stop() {
        work.dispose();
    }

    @Override
    public boolean isRunning() {
        return !work.isDisposed();
    }

    private static Query byId(String userId) {
        return Query.query(where("_id").is(userId));
    }
}
