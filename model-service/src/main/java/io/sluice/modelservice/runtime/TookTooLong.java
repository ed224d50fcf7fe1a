package io.sluice.modelservice.runtime;

/** The model did not come to an end in time, and was stopped. */
public class TookTooLong extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TookTooLong(String message) {
        super(message);
    }
}
