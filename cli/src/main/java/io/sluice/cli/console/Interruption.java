package io.sluice.cli.console;

/** Last words when Ctrl-C, or another signal, ends the process before its time. */
public final class Interruption implements AutoCloseable {

    private final Thread hook;

    private Interruption(Runnable words) {
        hook = new Thread(words, "interrupted");
    }

    /** Until it is closed. */
    public static Interruption says(Runnable words) {
        Interruption interruption = new Interruption(words);
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyEnding) {
            // Then its words are said.
            return;
        }
    }
}
