package io.sluice.kit.command;

import reactor.core.publisher.Mono;

/** Who wants to know how far a step is. */
@FunctionalInterface
public interface Progress {

    /**
     * Says how much of the total is done, of all steps together. Fails when the command is to stop, or is held by somebody
     * else: the step lets go of what it has in its hands and fails with the same.
     */
    Mono<Void> reached(long done);
}
