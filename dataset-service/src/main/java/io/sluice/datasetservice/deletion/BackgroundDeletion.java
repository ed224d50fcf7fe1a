package io.sluice.datasetservice.deletion;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.data.mongodb.core.FindAndModifyOptions;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Deletes documents of one collection with all that hangs on them, however long that takes and whoever dies meanwhile.
 * The document itself is the order: it is marked first, and removed last. Every replica works; a worker holds a document
 * by its {@link Deletion#dueAt()}, which it keeps pushing into the future while it is at it.
 */
public abstract class BackgroundDeletion<T> implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(BackgroundDeletion.class);

    private static final int AT_ONCE = 4;
    private static final String ID = "_id";
    private static final String DELETION = "deletion";
    private static final String DUE_AT = "deletion.dueAt";
    private static final String ATTEMPTS = "deletion.attempts";

    private final Class<T> type;
    private final ReactiveMongoTemplate mongo;
    private final Clock clock;
    private final DeletionProperties properties;
    private final Sinks.Many<Long> wishes = Sinks.many().multicast().directBestEffort();
    private Disposable work = Disposables.disposed();

    protected BackgroundDeletion(
            Class<T> type, ReactiveMongoTemplate mongo, Clock clock, DeletionProperties properties) {
        this.type = type;
        this.mongo = mongo;
        this.clock = clock;
        this.properties = properties;
    }

    protected abstract String idOf(T document);

    protected abstract Deletion deletionOf(T document);

    /**
     * Removes everything that hangs on the document; may be called again after it was interrupted anywhere. The answer
     * is whether nothing is left, so that the document itself may go; if not, it is called again later.
     */
    protected abstract Mono<Boolean> removeContents(T document);

    /**
     * Marks a document: from now on nobody sees it, and its name is free. The rest happens in the background, starting
     * at once.
     *
     * @param version the version that was read; {@link OptimisticLockingFailureException} when it is another one now
     */
    public Mono<Void> begin(String id, long version) {
        Query unchanged = Query.query(Criteria.where(ID).is(id).and("version").is(version));
        return mark(unchanged)
                .doOnNext(marked -> {
                    if (marked == 0) {
                        throw new OptimisticLockingFailureException(
                                "Changed meanwhile: " + type.getSimpleName() + " " + id);
                    }
                })
                .then();
    }

    /** Marks all living documents that a query finds; answers how many that were. */
    protected Mono<Long> mark(Query query) {
        Update mark = new Update()
                .set(DELETION, new Deletion(clock.instant(), 0))
                .unset("uniqueName")
                .inc("version", 1);
        return mongo.updateMulti(query.addCriteria(Criteria.where(DELETION).isNull()), mark, type)
                .map(result -> result.getModifiedCount())
                .doOnNext(marked -> wake());
    }

    /** A wish that gets lost between two threads costs one poll. */
    private void wake() {
        wishes.tryEmitNext(0L);
    }

    @Override
    public void start() {
        work = Flux.merge(Flux.interval(Duration.ZERO, properties.poll()).onBackpressureLatest(), wishes.asFlux())
                .onBackpressureLatest()
                .flatMap(wish -> workOff().onErrorResume(this::isLater), AT_ONCE, 1)
                .subscribe();
    }

    private Mono<Void> isLater(Throwable failure) {
        log.warn("Cannot look for {} deletions: {}", type.getSimpleName(), failure.toString());
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

    /** Takes one due deletion after the other until there is none. */
    private Mono<Void> workOff() {
        return Mono.defer(this::take)
                .flatMap(document -> attempt(document).thenReturn(true))
                .defaultIfEmpty(false)
                .repeat()
                .takeWhile(found -> found)
                .then();
    }

    private Mono<T> take() {
        Instant now = clock.instant();
        Query due = Query.query(Criteria.where(DUE_AT).lte(now));
        Update hold = new Update().set(DUE_AT, now.plus(properties.lease())).inc(ATTEMPTS, 1);
        return mongo.findAndModify(due, hold, FindAndModifyOptions.options().returnNew(true), type);
    }

    private Mono<Void> attempt(T document) {
        String id = idOf(document);
        int attempts = deletionOf(document).attempts();
        return Mono.firstWithSignal(removeContents(document), hold(id))
                .flatMap(isEmpty -> isEmpty ? mongo.remove(byId(id), type).then() : postpone(id, attempts))
                .onErrorResume(failure -> {
                    log.warn(
                            "Deleting {} {} did not work at attempt {}, it will be tried again: {}",
                            type.getSimpleName(),
                            id,
                            attempts,
                            failure.toString());
                    return postpone(id, attempts);
                });
    }

    /** Keeps the document ours for as long as we work on it. */
    private Mono<Boolean> hold(String id) {
        return Flux.interval(properties.lease().dividedBy(3))
                .onBackpressureDrop()
                .concatMap(tick -> due(id, properties.lease()))
                .then(Mono.never());
    }

    private Mono<Void> postpone(String id, int attempts) {
        Duration pause = Duration.ofSeconds(1L << Math.min(attempts - 1, 20));
        Duration longest = properties.longestPause();
        return due(id, pause.compareTo(longest) < 0 ? pause : longest);
    }

    private Mono<Void> due(String id, Duration fromNow) {
        Update due = new Update().set(DUE_AT, clock.instant().plus(fromNow));
        return mongo.updateFirst(byId(id), due, type).then();
    }

    private static Query byId(String id) {
        return Query.query(Criteria.where(ID).is(id));
    }
}
