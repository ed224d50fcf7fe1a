package io.sluice.itemservice.item;

import io.sluice.kit.command.Command;
import io.sluice.kit.command.CommandWork;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.query.Condition;
import io.sluice.kit.query.QueryParser;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Work on all items that match a query, in the order of their ids, which is that of their creation. Those that come into
 * the dataset after the work was accepted are none of its business.
 */
abstract class WorkOnMatches implements CommandWork {

    private static final int BATCH = 500;
    private static final String FILTER = "filter";
    private static final String JOIN = "join";

    private final Items items;

    WorkOnMatches(Items items) {
        this.items = items;
    }

    /** What is to be done, so that it can be stored. */
    static JsonObject whatOf(Map<String, @Nullable Object> query) {
        return JsonObject.EMPTY.with(FILTER, query.get(FILTER)).with(JOIN, query.get(JOIN));
    }

    abstract Mono<Void> carryOut(Command command, List<Items.Entry> matches);

    @Override
    public Mono<Long> count(Command command) {
        return items.count(command.datasetId(), filterOf(command), command.lastIdThen());
    }

    @Override
    public Flux<Command.Step> steps(Command command) {
        Command.Step before = command.step();
        String begin = before == null ? null : before.upTo();
        return items.entries(command.datasetId(), filterOf(command), begin, command.lastIdThen())
                .map(Items.Entry::id)
                .buffer(BATCH)
                .scan(new Command.Step(null, Objects.requireNonNullElse(begin, ""), 0), WorkOnMatches::next)
                .skip(1);
    }

    private static Command.Step next(Command.Step before, List<String> ids) {
        String after = before.upTo().isEmpty() ? null : before.upTo();
        return new Command.Step(after, ids.get(ids.size() - 1), ids.size());
    }

    @Override
    public Mono<Void> carryOut(Command command, Command.Step step) {
        return items.entries(command.datasetId(), filterOf(command), step.after(), step.upTo())
                .collectList()
                .flatMap(matches -> carryOut(command, matches));
    }

    static Condition filterOf(Command command) {
        return QueryParser.accepted(command.todo().members());
    }
}
