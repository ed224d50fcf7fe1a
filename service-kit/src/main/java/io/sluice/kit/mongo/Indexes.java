package io.sluice.kit.mongo;

import com.mongodb.MongoCommandException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.context.SmartLifecycle;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.index.IndexDefinition;
import org.springframework.data.mongodb.core.index.ReactiveIndexOperations;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Makes the indexes of a service when it starts and keeps it "not ready" until they exist: a unique index that comes
 * late lets duplicates in. Waits for the database as long as it takes.
 */
public class Indexes implements SmartLifecycle, ReactiveHealthIndicator {

    private static final Logger log = LoggerFactory.getLogger(Indexes.class);

    private final ReactiveMongoTemplate mongo;
    private final List<Index> indexes;
    private Disposable creation = Disposables.disposed();
    private volatile boolean complete;

    /**
     * @param place the collection
     * @param alternatives what is indexed: the first of these that the database offers
     * @param required whether the service must not run without it; an index that only makes queries faster may be
     *     refused by a database that does not know its kind
     */
    public record Index(
            Function<ReactiveMongoTemplate, ReactiveIndexOperations> place,
            List<IndexDefinition> alternatives,
            boolean required) {

        public static Index required(Class<?> documents, IndexDefinition definition) {
            return new Index(mongo -> mongo.indexOps(documents), List.of(definition), true);
        }

        public static Index required(String collection, IndexDefinition definition) {
            return new Index(mongo -> mongo.indexOps(collection), List.of(definition), true);
        }

        public static Index optional(Class<?> documents, IndexDefinition... alternatives) {
            return new Index(mongo -> mongo.indexOps(documents), List.of(alternatives), false);
        }
    }

    public Indexes(ReactiveMongoTemplate mongo, Index... indexes) {
        this.mongo = mongo;
        this.indexes = List.of(indexes);
    }

    /** All of them. */
    public List<Index> all() {
        return indexes;
    }

    @Override
    public void start() {
        creation = Flux.fromIterable(indexes)
                .concatMap(this::create)
                .then()
                .retryWhen(Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(200))
                        .maxBackoff(Duration.ofSeconds(5))
                        .doBeforeRetry(retry -> log.warn(
                                "No indexes yet, trying again: {}",
                                retry.failure().toString())))
                .subscribe(nothing -> {}, failure -> log.error("No indexes", failure), () -> complete = true);
    }

    private Mono<String> create(Index index) {
        Mono<String> created = index.alternatives().stream()
                .map(definition -> index.place().apply(mongo).createIndex(definition))
                .reduce((preferred, next) -> preferred.onErrorResume(Indexes::isRefusal, refused -> next))
                .orElse(Mono.empty());
        if (index.required()) {
            return created;
        }
        return created.onErrorResume(Indexes::isRefusal, refused -> {
            log.info(
                    "This database does not offer the index {}; queries that would use it scan: {}",
                    index.alternatives().get(0).getIndexKeys(),
                    refused.getMessage());
            return Mono.empty();
        });
    }

    /** The database has answered no; that it did not answer is no refusal. */
    private static boolean isRefusal(Throwable failure) {
        return failure.getCause() instanceof MongoCommandException || failure instanceof MongoCommandException;
    }

    @Override
    public void stop() {
        creation.dispose();
    }

    @Override
    public boolean isRunning() {
        return !creation.isDisposed();
    }

    @Override
    public Mono<Health> health() {
        return Mono.just(complete ? Health.up().build() : Health.down().build());
    }
}
