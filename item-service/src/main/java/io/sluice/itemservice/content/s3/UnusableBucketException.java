package io.sluice.itemservice.content.s3;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** The bucket that is to be used cannot be; the service does not start. Never names a key. */
public final class UnusableBucketException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String action;

    UnusableBucketException(String message, String action) {
        super(message + ". " + action);
        this.action = action;
    }

    /** Prints clear lines in place of a stack trace. */
    static final class Analyzer extends AbstractFailureAnalyzer<UnusableBucketException> {

        @Override
        protected FailureAnalysis analyze(Throwable rootFailure, UnusableBucketException cause) {
            return new FailureAnalysis(cause.getMessage(), cause.action, cause);
        }
    }
}
