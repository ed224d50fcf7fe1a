package io.sluice.itemservice.item;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import io.sluice.kit.command.Command;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Remembers exports until their files have gone. Any number of replicas may sweep at once. */
@Component
class Exports {

    private static final Logger log = LoggerFactory.getLogger(Exports.class);

    private final ReactiveMongoTemplate mongo;
    private final Items items;
    private final ItemDeletion deletion;
    private final Duration kept;
    private final Clock clock;

    Exports(ReactiveMongoTemplate mongo, Items items, ItemDeletion deletion, ExportProperties properties, Clock clock) {
        this.mongo = mongo;
        this.items = items;
        this.deletion = deletion;
        this.kept = properties.kept();
        this.clock = clock;
    }

    /** Comes before the first file, so that none is forgotten. */
    Mono<Void> add(Command command) {
        return mongo.save(new Export(
                        command.id(), command.datasetId(), command.createdAt().plus(kept)))
                .then();
    }

    /** One round. */
    @Scheduled(initialDelay = 60, fixedDelay = 600, timeUnit = TimeUnit.SECONDS)
    Mono<Void> sweep() {
        return mongo.find(query(where("expiresAt").lte(clock.instant())), Export.class)
                .concatMap(this::remove)
                .then()
                .onErrorResume(failure -> {
                    log.warn("Old exports are removed next time: {}", failure.toString());
                    return Mono.empty();
                });
    }

    private Mono<Void> remove(Export export) {
        return Flux.defer(() -> items.findAt(export.datasetId(), export.paths()))
                .concatMap(deletion::delete)
                .then(mongo.remove(query(where("_id").is(export.id())), Export.class))
                .then();
    }
}
