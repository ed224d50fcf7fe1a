package io.sluice.itemservice.command;

import io.sluice.kit.command.Command;
import io.sluice.kit.command.CommandWork;
import io.sluice.kit.command.Progress;
import io.sluice.kit.mongo.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Work in three steps that the tests can hold up, and that says what of it was carried out, on whichever replica. */
class SlowWork implements CommandWork {

    static final String TYPE = "Slow";

    private static final Map<String, List<String>> CARRIED_OUT = new ConcurrentHashMap<>();
    private static final Map<String, Sinks.Empty<Void>> GATES = new ConcurrentHashMap<>();
    private static final String GATE = "gate";
    private static final String REPORTS = "reports";

    /** Goes through. */
    static JsonObject open() {
        return JsonObject.EMPTY;
    }

    /** Waits in that step until the tests let it go on. */
    static JsonObject waitingIn(int step) {
        return JsonObject.EMPTY.with(GATE, Integer.toString(step));
    }

    /** Says again and again in its first step that two of the three are done, and never ends. */
    static JsonObject reporting() {
        return JsonObject.EMPTY.with(REPORTS, true);
    }

    static void letGo(String commandId) {
        gate(commandId).tryEmitEmpty();
    }

    /** The steps in the order in which they were begun. */
    static List<String> stepsOf(String commandId) {
        return CARRIED_OUT.computeIfAbsent(commandId, id -> new CopyOnWriteArrayList<>());
    }

    private static Sinks.Empty<Void> gate(String commandId) {
        return GATES.computeIfAbsent(commandId, id -> Sinks.empty());
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Mono<Long> count(Command command) {
        return Mono.just(3L);
    }

    @Override
    public Flux<Command.Step> steps(Command command) {
        int last = command.step() == null ? 0 : Integer.parseInt(command.step().upTo());
        return Flux.range(last + 1, 3 - last).map(number -> new Command.Step(null, Integer.toString(number), 1));
    }

    @Override
    public Mono<Void> carryOut(Command command, Command.Step step) {
        return Mono.defer(() -> {
            stepsOf(command.id()).add(step.upTo());
            boolean isHeldUp = step.upTo().equals(command.todo().members().get(GATE));
            return isHeldUp
                    ? gate(command.id()).asMono()
                    : Mono.delay(Duration.ofMillis(20)).then();
        });
    }

    @Override
    public Mono<Void> carryOut(Command command, Command.Step step, Progress progress) {
        return Boolean.TRUE.equals(command.todo().members().get(REPORTS))
                ? Mono.delay(Duration.ofMillis(20))
                        .then(Mono.defer(() -> progress.reached(2)))
                        .repeat()
                        .then()
                : carryOut(command, step);
    }
}
