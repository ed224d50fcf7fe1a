package io.sluice.kit.testing;

import java.time.Duration;
import reactor.core.publisher.Mono;

/** What a {@code Mono} comes to, for tests, which may wait. */
public final class Outcome {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Outcome() {}

    /** The value; the failure is thrown; nothing at all within 30 s, or an empty end, is an {@link AssertionError}. */
    public static <T> T of(Mono<T> mono) {
        T value = mono.block(PATIENCE);
        if (value == null) {
            throw new AssertionError("Ended without a value");
        }
        return value;
    }
}
