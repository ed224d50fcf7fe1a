package io.sluice.launcher.console;

/** Why the platform cannot start, said in one line to the person at the console. */
public final class StartFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String line;

    public StartFailure(String line) {
        super(line);
        this.line = line;
    }

    public StartFailure(String line, Throwable cause) {
        super(line, cause);
        this.line = line;
    }

    /** What to print. */
    public String line() {
        return line;
    }
}
