package io.sluice.datasetservice.dataset;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import io.sluice.datasetservice.item.ItemClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.mongodb.core.FindAndModifyOptions;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Deletes items that are older than their dataset keeps any ({@link ExpirationOptions}). Each dataset is looked at once an hour
 * by one of the replicas; while it is locked, nothing in it goes.
 */
@Component
class ItemExpiration {

    private static final Logger log = LoggerFactory.getLogger(ItemExpiration.class);

    /** As often as a dataset is looked at. */
    static final Duration PERIOD = Duration.ofHours(1);

    /** When somebody last began to; an edit of the dataset may forget it, then it is looked at earlier. */
    private static final String LOOKED_AT = "expiration.lookedAt";

    private final ReactiveMongoTemplate mongo;
    private final ItemClient items;
    private final Clock clock;

    ItemExpiration(ReactiveMongoTemplate mongo, ItemClient items, Clock clock) {
        this.mongo = mongo;
        this.items = items;
        this.clock = clock;
    }

    /** One round. */
    @Scheduled(initialDelay = 1, fixedDelay = 5, timeUnit = TimeUnit.MINUTES)
    Mono<Void> run() {
        return Mono.defer(this::next)
                .flatMap(dataset -> expire(dataset).thenReturn(true))
                .defaultIfEmpty(false)
                .repeat()
                .takeWhile(found -> found)
                .then()
                .onErrorResume(failure -> {
                    log.warn("Cannot look for datasets whose items expire: {}", failure.toString());
                    return Mono.empty();
                });
    }

    private Mono<Dataset> next() {
        Instant now = clock.instant();
        Criteria due = where("expirationOptions.itemMaxDays")
                .gt(0)
                .and("deletion")
                .isNull()
                .and("readonly")
                .ne(true)
                .orOperator(where(LOOKED_AT).exists(false), where(LOOKED_AT).lte(now.minus(PERIOD)));
        Query some = query(due);
        return mongo.findAndModify(
                some,
                Update.update(LOOKED_AT, now),
                FindAndModifyOptions.options().returnNew(true),
                Dataset.class);
    }

    private Mono<Void> expire(Dataset dataset) {
        int days = Objects.requireNonNull(
                Objects.requireNonNull(dataset.expirationOptions()).itemMaxDays());
        return items.deleteBefore(dataset.id(), clock.instant().minus(Duration.ofDays(days)))
                .onErrorResume(failure -> {
                    log.warn("Items of dataset {} expire later: {}", dataset.id(), failure.toString());
                    return Mono.empty();
                });
    }
}
