package io.sluice.modelservice.runtime;

import java.time.Duration;

/** Too much is asked of the runtime at once; the same request may well succeed later. */
public class Busy extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    public Busy(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    /** When to try again. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
