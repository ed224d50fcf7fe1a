package io.sluice.authservice.administrator;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** The settings of the administrator do not do; the service does not start. Never names the password. */
class UnusableAdministratorException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;

    UnusableAdministratorException(String message, String action) {
        super(message);
        this.action = action;
    }

    /** Prints two clear lines in place of a stack trace. */
    static class Analyzer extends AbstractFailureAnalyzer<UnusableAdministratorException> {

        @Override
        protected FailureAnalysis analyze(Throwable rootFailure, UnusableAdministratorException cause) {
            return new FailureAnalysis(cause.getMessage(), cause.action, cause);
        }
    }
}
