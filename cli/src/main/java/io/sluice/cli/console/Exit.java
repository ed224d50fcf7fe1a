package io.sluice.cli.console;

/** How a command ends, for whoever called it from a script. */
public final class Exit {

    public static final int DONE = 0;

    /** Some of it, or all of it, could not be done, and trying again changes nothing. */
    public static final int FAILED = 1;

    public static final int USAGE = 2;

    /** Not signed in, or not allowed to. */
    public static final int FORBIDDEN = 3;

    /** The gate could not be reached, or a part of the platform does not work; later it may. */
    public static final int UNREACHABLE = 4;

    /** Ctrl-C. The JVM says so by itself when it is ended by the signal. */
    public static final int INTERRUPTED = 130;

    private Exit() {}
}
