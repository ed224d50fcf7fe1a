package io.sluice.itemservice.item;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import io.sluice.kit.command.Command;
import io.sluice.kit.command.CommandWork;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.query.Condition;
import java.util.List;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Which metadata a dataset has. It is not kept: the first and the last items are looked at, so many and no more, however
 * large the dataset is. What nobody is to look for is kept, and changed by a command, because the SDK waits for one.
 */
@Component
class DatasetSchemas implements CommandWork {

    static final String TYPE = "UpdateDatasetSchema";

    /** As many items as are looked at from the beginning, and from the end. */
    static final int LOOKED_AT = 500;

    private static final String ALL = "paths";
    private static final String ADDED = "add";
    private static final String REMOVED = "remove";

    private static final Condition FILES = new Condition.All(List.of(
            new Condition.Test("hidden", Condition.Operator.EQUAL, false),
            new Condition.Test("type", Condition.Operator.EQUAL, Item.FILE)));

    private final Items items;
    private final ReactiveMongoTemplate mongo;

    DatasetSchemas(Items items, ReactiveMongoTemplate mongo) {
        this.items = items;
        this.mongo = mongo;
    }

    Mono<DatasetSchema> of(String datasetId) {
        DatasetSchema.Look look = new DatasetSchema.Look();
        return items.all(datasetId, FILES, false)
                .take(LOOKED_AT)
                .doOnNext(look::at)
                .then(Mono.defer(() -> items.all(datasetId, FILES, true)
                        .take(look.seen() < LOOKED_AT ? 0 : LOOKED_AT)
                        .doOnNext(look::at)
                        .then()))
                .then(unsearchable(datasetId))
                // When both ends have met, there was nothing between them.
                .map(paths -> look.schema(paths, look.seen() < 2 * LOOKED_AT));
    }

    private Mono<UnsearchablePaths> unsearchable(String datasetId) {
        return mongo.findById(datasetId, UnsearchablePaths.class).defaultIfEmpty(UnsearchablePaths.none(datasetId));
    }

    static JsonObject whatOf(List<String> added, List<String> removed) {
        return JsonObject.EMPTY.with(ADDED, added).with(REMOVED, removed);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Mono<Long> count(Command command) {
        return Mono.just(1L);
    }

    @Override
    public Flux<Command.Step> steps(Command command) {
        return command.step() == null ? Flux.just(new Command.Step(null, ALL, 1)) : Flux.empty();
    }

    @Override
    public Mono<Void> carryOut(Command command, Command.Step step) {
        return Mono.defer(() -> unsearchable(command.datasetId()))
                .map(paths -> paths.changed(listed(command, ADDED), listed(command, REMOVED)))
                .flatMap(mongo::save)
                .onErrorMap(
                        DuplicateKeyException.class,
                        made -> new OptimisticLockingFailureException("Somebody else made the first at this moment"))
                .retryWhen(Items.AGAIN_ON_CONFLICT)
                .then();
    }

    private static List<String> listed(Command command, String name) {
        return command.todo().members().get(name) instanceof List<?> paths
                ? paths.stream().map(String::valueOf).toList()
                : List.of();
    }

    /** Forgets what is kept of a dataset that is gone. */
    Mono<Void> forget(String datasetId) {
        return mongo.remove(query(where("_id").is(datasetId)), UnsearchablePaths.class)
                .then();
    }
}
