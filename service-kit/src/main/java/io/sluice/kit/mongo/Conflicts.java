package io.sluice.kit.mongo;

import java.time.Duration;
import org.springframework.dao.OptimisticLockingFailureException;
import reactor.util.retry.Retry;

/** Two changes of one document at the same moment. */
public final class Conflicts {

    private static final int ATTEMPTS = 10;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);

    private Conflicts() {}

    /**
     * Repeats a read-change-write when somebody else has written in between, so that no change is lost; for
     * {@code retryWhen} after steps that begin with the read. Gives up with the conflict itself.
     */
    public static Retry retried() {
        return Retry.backoff(ATTEMPTS, FIRST_PAUSE)
                .maxBackoff(LONGEST_PAUSE)
                .filter(OptimisticLockingFailureException.class::isInstance)
                .onRetryExhaustedThrow((spec, last) -> last.failure());
    }
}
