package io.sluice.launcher.console;

import java.io.PrintStream;
import java.time.Duration;

/** Prints what is going on: a few plain lines, no log. */
public final class Console {

    private final PrintStream out;
    private final PrintStream err;
    private final long started = System.nanoTime();

    public Console(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** A line for people. */
    public void say(String line) {
        out.println(line);
    }

    /** A part of the platform is up: its name, what it is, and the time since the start. */
    public void up(String part, String detail) {
        out.println("  %-16s %s (%s)".formatted(part, detail, sinceStart()));
    }

    /** One fact of the banner. */
    public void fact(String name, Object value) {
        out.println("  %-16s %s".formatted(name, value));
    }

    /** What went wrong, in one line. */
    public void wrong(String line) {
        err.println("sluice: " + line);
    }

    /** The time since the start, in seconds with one decimal: {@code 4.2 s}. */
    public String sinceStart() {
        Duration elapsed = Duration.ofNanos(System.nanoTime() - started);
        return "%.1f s".formatted(elapsed.toMillis() / 1000.0);
    }
}
