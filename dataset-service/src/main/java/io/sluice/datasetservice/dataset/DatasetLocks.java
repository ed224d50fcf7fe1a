package io.sluice.datasetservice.dataset;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.Conflicts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Locks datasets for a while, for those who read them as a whole. */
@Component
class DatasetLocks {

    /** The longest that anybody may ask for. */
    static final Duration LONGEST = Duration.ofHours(24);

    /** As many as may lock a dataset at the same time. */
    static final int MOST = 100;

    private static final Logger log = LoggerFactory.getLogger(DatasetLocks.class);

    private final DatasetRepository datasets;
    private final ReactiveMongoTemplate mongo;
    private final Clock clock;

    DatasetLocks(DatasetRepository datasets, ReactiveMongoTemplate mongo, Clock clock) {
        this.datasets = datasets;
        this.mongo = mongo;
        this.clock = clock;
    }

    /** Locks a dataset, or keeps it locked; empty when there is no such dataset. */
    Mono<Dataset> lock(String datasetId, String holder, Duration howLong) {
        return change(datasetId, holder, howLong);
    }

    /** Takes the lock of that holder away, which may be gone already; empty when there is no such dataset. */
    Mono<Dataset> release(String datasetId, String holder) {
        return change(datasetId, holder, null);
    }

    private Mono<Dataset> change(String datasetId, String holder, @Nullable Duration howLong) {
        return Mono.defer(() -> datasets.findByIdAndDeletionIsNull(datasetId))
                .flatMap(dataset -> {
                    Instant now = clock.instant();
                    Dataset changed = dataset.lockedBy(holder, howLong == null ? null : now.plus(howLong), now);
                    List<Lock> locks = changed.locks();
                    if (locks != null && locks.size() > MOST) {
                        throw Problem.tooManyRequests("The dataset is locked by " + MOST + " others", 60);
                    }
                    return changed.equals(dataset) ? Mono.just(dataset) : datasets.save(changed);
                })
                .retryWhen(Conflicts.retried());
    }

    /** Nobody reads a lock that has run out; this is for those who look for datasets that are readonly. */
    @Scheduled(initialDelay = 30, fixedDelay = 30, timeUnit = TimeUnit.SECONDS)
    Mono<Void> forgetThoseThatRanOut() {
        return mongo.find(Query.query(Criteria.where("locks.until").lte(clock.instant())), Dataset.class)
                .concatMap(dataset -> release(dataset.id(), ""))
                .then()
                .onErrorResume(failure -> {
                    log.warn("Locks that ran out are forgotten next time: {}", failure.toString());
                    return Mono.empty();
                });
    }
}
