package io.sluice.itemservice.item;

import io.sluice.kit.command.Command;
import io.sluice.kit.command.CommandWork;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Work on all items that match in some datasets, one dataset after the other, in the order of ids, for which it matters
 * what the place of an item among the matches is. Each step names its items, so that it is about the same ones when it is
 * done again, whatever matches by then.
 */
abstract class WorkInBatches implements CommandWork {

    static final int BATCH = 500;

    private static final int LONG_AN_ID = 24;
    private static final char AFTER_DATASET = ':';

    private final Items items;

    WorkInBatches(Items items) {
        this.items = items;
    }

    /**
     * Some of the matches.
     *
     * @param position how many matches come before, of all datasets
     */
    record Batch(String datasetId, long position, List<String> itemIds) {}

    abstract Mono<Void> carryOut(Command command, Batch batch);

    /** The datasets with the items, in the order in which their turn comes. */
    List<String> datasetsOf(Command command) {
        return List.of(command.datasetId());
    }

    @Override
    public Mono<Long> count(Command command) {
        return Flux.fromIterable(datasetsOf(command))
                .concatMap(datasetId ->
                        items.count(datasetId, WorkOnMatches.filterOf(command), firstOf(command), command.lastIdThen()))
                .reduce(0L, Long::sum);
    }

    @Override
    public Flux<Command.Step> steps(Command command) {
        Command.Step before = command.step();
        if (before != null && !isOfItems(before)) {
            before = null;
        }
        int first = before == null ? 0 : numberOf(before);
        String after = before == null ? firstOf(command) : lastIdOf(before);
        int count = datasetsOf(command).size();
        return Flux.range(first, count - first)
                .concatMap(number -> steps(command, number, number == first ? after : firstOf(command)));
    }

    /** Only items with higher ids are among them; null for all. */
    @Nullable
    String firstOf(Command command) {
        return null;
    }

    private Flux<Command.Step> steps(Command command, int number, @Nullable String after) {
        String datasetId = datasetsOf(command).get(number);
        return items.entries(datasetId, WorkOnMatches.filterOf(command), after, command.lastIdThen())
                .map(Items.Entry::id)
                // A dataset that is copied into itself.
                .filter(itemId -> !ItemCopies.isCopyOf(command, itemId))
                .buffer(BATCH)
                .map(ids -> new Command.Step(null, number + "" + AFTER_DATASET + String.join("", ids), ids.size()));
    }

    @Override
    public Mono<Void> carryOut(Command command, Command.Step step) {
        List<String> ids = idsOf(step);
        return carryOut(command, new Batch(datasetsOf(command).get(numberOf(step)), command.done(), ids));
    }

    /** Whether it is not one that somebody else has put before them. */
    static boolean isOfItems(Command.Step step) {
        return step.upTo().indexOf(AFTER_DATASET) >= 0;
    }

    private static int numberOf(Command.Step step) {
        return Integer.parseInt(step.upTo().substring(0, step.upTo().indexOf(AFTER_DATASET)));
    }

    private static List<String> idsOf(Command.Step step) {
        List<String> ids = new ArrayList<>();
        for (int start = step.upTo().indexOf(AFTER_DATASET) + 1;
                start < step.upTo().length();
                start += LONG_AN_ID) {
            ids.add(step.upTo().substring(start, start + LONG_AN_ID));
        }
        return ids;
    }

    private static String lastIdOf(Command.Step step) {
        return step.upTo().substring(step.upTo().length() - LONG_AN_ID);
    }
}
