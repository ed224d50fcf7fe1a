package io.sluice.cli.console;

/** Why a command cannot go on, in words for the one who called it. */
public class Failure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int exit;

    /** @param exit one of {@link Exit} */
    public Failure(int exit, String message) {
        super(message);
        this.exit = exit;
    }

    public int exit() {
        return exit;
    }

    public String message() {
        return String.valueOf(getMessage());
    }

    public static Failure usage(String message) {
        return new Failure(Exit.USAGE, message);
    }

    public static Failure failed(String message) {
        return new Failure(Exit.FAILED, message);
    }

    public static Failure interrupted() {
        return new Failure(Exit.INTERRUPTED, "interrupted");
    }
}
