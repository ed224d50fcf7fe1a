package io.sluice.kit.audit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.annotation.Id;
import org.springframework.data.domain.Sort;
import org.springframework.data.mongodb.core.FindAndModifyOptions;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Events on their way to the log. A request waits until its event is in the service's own database, no longer; one
 * replica at a time, which holds a lease, takes them on from there, for as long as it takes. An event is removed when
 * the log has it, so one may arrive twice but none is lost.
 */
public class AuditOutbox implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(AuditOutbox.class);

    private static final String LEASE = "audit-outbox";
    private static final Duration LEASED = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofSeconds(1);

    /** What comes within this time travels together: each journey costs a dozen questions to the databases. */
    private static final Duration GATHERED = Duration.ofMillis(250);

    /** The longest pause after failures: nobody is asked, and nothing is logged, at every event while the log is away. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private static final Duration DELIVERY_TIMEOUT = Duration.ofSeconds(20);
    private static final int AT_ONCE = 200;

    private final ReactiveMongoTemplate mongo;
    private final AuditDelivery delivery;
    private final Clock clock;
    private final Sinks.Many<Long> wishes = Sinks.many().multicast().directBestEffort();
    private Disposable work = Disposables.disposed();
    private volatile Duration pause = GATHERED;

    AuditOutbox(ReactiveMongoTemplate mongo, AuditDelivery delivery, Clock clock) {
        this.mongo = mongo;
        this.delivery = delivery;
        this.clock = clock;
    }

    /** Who may do a job at the moment. */
    @Document("leases")
    record Lease(@Id String job, Instant until) {}

    /** Completes when the event is in the database. */
    public Mono<Void> add(AuditEvent event) {
        return mongo.insert(event)
                // A wish that gets lost between two threads costs one poll.
                .doOnNext(added -> wishes.tryEmitNext(0L))
                .then();
    }

    @Override
    public void start() {
        work = Flux.merge(Flux.interval(Duration.ZERO, POLL).onBackpressureLatest(), wishes.asFlux())
                .onBackpressureLatest()
                .concatMap(
                        wish -> Mono.delay(pause)
                                .then(sweep())
                                .doOnSuccess(done -> pause = GATHERED)
                                .onErrorResume(this::later),
                        1)
                .subscribe();
    }

    private Mono<Void> later(Throwable failure) {
        Duration longer = pause.multipliedBy(2);
        pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
        log.warn("Audit events wait, to be sent again in {} ms: {}", pause.toMillis(), failure.toString());
        return Mono.empty();
    }

    @Override
    public void stop() {
        work.dispose();
    }

    @Override
    public boolean isRunning() {
        return !work.isDisposed();
    }

    private Mono<Void> sweep() {
        return mongo.exists(new Query(), AuditEvent.class)
                .filter(waiting -> waiting)
                .flatMap(waiting ->
                        Mono.usingWhen(takeLease(), lease -> deliverAll(), lease -> leaseUntil(Instant.EPOCH)));
    }

    private Mono<Void> deliverAll() {
        Query oldest = new Query().with(Sort.by("_id")).limit(AT_ONCE);
        return mongo.find(oldest, AuditEvent.class)
                .collectList()
                .filter(events -> !events.isEmpty())
                .flatMap(events -> delivery.deliver(events)
                        .timeout(DELIVERY_TIMEOUT)
                        .then(Mono.defer(() -> remove(events)))
                        .then(Mono.defer(() -> leaseUntil(clock.instant().plus(LEASED))))
                        .thenReturn(events))
                .defaultIfEmpty(List.of())
                .repeat()
                .takeWhile(events -> events.size() == AT_ONCE)
                .then();
    }

    private Mono<Void> remove(List<AuditEvent> events) {
        List<String> ids = events.stream().map(AuditEvent::id).toList();
        return mongo.remove(Query.query(Criteria.where("_id").in(ids)), AuditEvent.class)
                .then();
    }

    /** Empty while another replica has it. */
    private Mono<Lease> takeLease() {
        Instant now = clock.instant();
        Instant until = now.plus(LEASED);
        Query over = Query.query(Criteria.where("_id").is(LEASE).and("until").lte(now));
        return mongo.findAndModify(
                        over,
                        Update.update("until", until),
                        FindAndModifyOptions.options().returnNew(true),
                        Lease.class)
                .switchIfEmpty(Mono.defer(() -> mongo.insert(new Lease(LEASE, until)))
                        .onErrorResume(DuplicateKeyException.class, held -> Mono.empty()));
    }

    private Mono<Void> leaseUntil(Instant until) {
        return mongo.updateFirst(
                        Query.query(Criteria.where("_id").is(LEASE)), Update.update("until", until), Lease.class)
                .then();
    }
}
