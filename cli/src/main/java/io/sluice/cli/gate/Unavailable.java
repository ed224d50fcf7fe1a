package io.sluice.cli.gate;

import io.sluice.cli.console.Exit;
import io.sluice.cli.console.Failure;
import java.time.Duration;

/** No answer, or one that says to come back later. */
public final class Unavailable extends Failure {

    private static final long serialVersionUID = 1;

    private final Duration retryAfter;

    Unavailable(String message, Duration retryAfter) {
        super(Exit.UNREACHABLE, message);
        this.retryAfter = retryAfter;
    }

    /** Zero when nothing is said of it. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
