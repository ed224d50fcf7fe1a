package io.sluice.itemservice.item;

import io.sluice.kit.command.Command;
import io.sluice.kit.command.CommandWork;
import io.sluice.kit.mongo.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Work on some datasets, one with each step. */
abstract class WorkOnDatasets implements CommandWork {

    /** As many as one command works on. */
    static final int MOST = 10_000;

    private static final String DATASETS = "datasetIds";

    static JsonObject whatOf(List<String> datasetIds) {
        return JsonObject.EMPTY.with(DATASETS, datasetIds);
    }

    static List<String> datasetsOf(Command command) {
        List<String> ids = new ArrayList<>();
        if (command.todo().members().get(DATASETS) instanceof List<?> given) {
            given.forEach(id -> ids.add(String.valueOf(id)));
        }
        return ids;
    }

    abstract Mono<Void> carryOut(Command command, String datasetId);

    @Override
    public Mono<Long> count(Command command) {
        return Mono.just((long) datasetsOf(command).size());
    }

    @Override
    public Flux<Command.Step> steps(Command command) {
        List<String> all = datasetsOf(command);
        Command.Step last = command.step();
        @Nullable String done = last == null ? null : last.upTo();
        return Flux.fromIterable(all.subList(done == null ? 0 : all.indexOf(done) + 1, all.size()))
                .map(datasetId -> new Command.Step(null, datasetId, 1));
    }

    @Override
    public Mono<Void> carryOut(Command command, Command.Step step) {
        return carryOut(command, step.upTo());
    }
}
