package io.sluice.kit.command;

import io.sluice.kit.mongo.JsonObject;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What the commands of one type do. It is done in steps: one that was cut off is done again, perhaps at the same moment
 * by two replicas, so doing it twice must be as good as once. A failure that is the client's (4xx) ends the command;
 * after any other it is tried again.
 */
public interface CommandWork {

    /** The type as clients see it, such as {@code UpdateItems}; also in the commands that are stored already. */
    String type();

    /** About how much there is to do, for the progress. */
    Mono<Long> count(Command command);

    /** The steps that come after {@code command.step()}, found as fast as they are taken. */
    Flux<Command.Step> steps(Command command);

    /** Carries out one step, which may have been begun before. */
    Mono<Void> carryOut(Command command, Command.Step step);

    /**
     * As {@link #carryOut(Command, Command.Step)}, for work with a step so long that somebody wants to know how far it is, or
     * to end it in the middle. Such a step has the size 0: it says itself how much was done.
     */
    default Mono<Void> carryOut(Command command, Command.Step step, Progress progress) {
        return carryOut(command, step);
    }

    /** What clients find in the spec of the command when all steps are done, beside what is in every spec. */
    default Mono<JsonObject> result(Command command) {
        return Mono.just(JsonObject.EMPTY);
    }
}
