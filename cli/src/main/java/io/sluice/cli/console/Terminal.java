package io.sluice.cli.console;

import java.io.BufferedOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Where a command reads and writes: results on {@code out}, everything that is said to a person on {@code err}.
 *
 * @param inIsTerminal whether somebody can be asked
 * @param errIsTerminal whether a line on {@code err} can be written over
 * @param columns how wide that is
 */
public record Terminal(PrintStream out, PrintStream err, boolean inIsTerminal, boolean errIsTerminal, int columns) {

    private static final int NARROWEST = 40;
    private static final int USUAL = 80;
    private static final int BUFFER = 64 * 1024;

    /**
     * That of this process. The script says by the property {@code sluice.terminal} which of 0, 1 and 2 are terminals, because
     * Java only tells it of both 0 and 1 together; by {@code sluice.columns} how wide it is.
     */
    public static Terminal ofProcess() {
        String told = System.getProperty("sluice.terminal");
        boolean isConsole = System.console() != null;
        return new Terminal(
                new PrintStream(
                        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER),
                        false,
                        StandardCharsets.UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                told == null ? isConsole : told.contains("0"),
                told == null ? isConsole : told.contains("2"),
                columns(System.getProperty("sluice.columns")));
    }

    private static int columns(@Nullable String told) {
        try {
            return told == null ? USUAL : Math.max(NARROWEST, Integer.parseInt(told));
        } catch (NumberFormatException notSaid) {
            return USUAL;
        }
    }

    /** Asks for what must not be seen; null when nobody can be asked. */
    public char @Nullable [] password(String question) {
        Console console = System.console();
        return console == null || !inIsTerminal ? null : console.readPassword("%s", question);
    }

    /** Asks for a line; null when nobody can be asked. */
    public @Nullable String ask(String question) {
        Console console = System.console();
        return console == null || !inIsTerminal ? null : console.readLine("%s", question);
    }
}
