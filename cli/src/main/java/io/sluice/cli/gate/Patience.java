package io.sluice.cli.gate;

import io.sluice.cli.console.Failure;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * How often something is tried, and how long it is waited for in between: the first pause, then twice as long each time.
 *
 * @param attempts at least 1
 */
public record Patience(int attempts, Duration firstPause) {

    /** About a minute: long enough for a platform that is started again. */
    public static final Patience USUAL = new Patience(7, Duration.ofSeconds(1));

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    /** Tries again what is {@link Unavailable}. */
    <T> T with(Supplier<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return work.get();
            } catch (Unavailable failure) {
                if (attempt >= attempts) {
                    throw failure;
                }
                pause(attempt, failure.retryAfter());
            }
        }
    }

    /** Waits after the attempt of this number, at least as long as was asked for. */
    public void pause(int attempt, Duration asked) {
        Duration pause = firstPause.multipliedBy(1L << Math.min(10, attempt - 1));
        pause = pause.compareTo(asked) < 0 ? asked : pause;
        pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        // Not all at the same moment.
        long millis = pause.toMillis() + ThreadLocalRandom.current().nextLong(1 + pause.toMillis() / 4);
        try {
            Thread.sleep(millis);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw Failure.interrupted();
        }
    }
}
