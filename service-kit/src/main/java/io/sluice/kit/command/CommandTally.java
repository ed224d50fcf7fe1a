package io.sluice.kit.command;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What this replica does about commands, in figures. */
final class CommandTally implements MeterBinder {

    private static final List<Command.Status> ENDS =
            List.of(Command.Status.SUCCESS, Command.Status.FAILED, Command.Status.ABORTED);

    private final Map<String, AtomicLong> running = new TreeMap<>();
    private final Map<String, Map<Command.Status, AtomicLong>> ended = new TreeMap<>();

    CommandTally(Collection<String> types) {
        for (String type : types) {
            running.put(type, new AtomicLong());
            Map<Command.Status, AtomicLong> ends = new EnumMap<>(Command.Status.class);
            ENDS.forEach(end -> ends.put(end, new AtomicLong()));
            ended.put(type, ends);
        }
    }

    void begun(Command command) {
        add(running.get(command.type()), 1);
    }

    void letGo(Command command) {
        add(running.get(command.type()), -1);
    }

    void ended(Command command) {
        add(ended.getOrDefault(command.type(), Map.of()).get(command.status()), 1);
    }

    private static void add(@Nullable AtomicLong count, long more) {
        if (count != null) {
            count.addAndGet(more);
        }
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        running.forEach((type, count) -> Gauge.builder("sluice.commands.running", count, AtomicLong::get)
                .description("Commands that this replica carries out")
                .tag("kind", type)
                .register(registry));
        ended.forEach((type, ends) ->
                ends.forEach((end, count) -> FunctionCounter.builder("sluice.commands.ended", count, AtomicLong::get)
                        .description("Commands that have ended at this replica, by how")
                        .tags("kind", type, "outcome", end.wireName())
                        .register(registry)));
    }
}
