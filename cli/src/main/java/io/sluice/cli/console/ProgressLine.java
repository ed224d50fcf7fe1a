package io.sluice.cli.console;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Says how far something is: on a terminal in one line that changes, elsewhere in a line now and then, when quiet never. */
public final class ProgressLine implements AutoCloseable {

    private static final long ON_TERMINAL_MILLIS = 200;
    private static final long ELSEWHERE_MILLIS = 5_000;
    private static final String CLEAR = "\r\u001b[K";

    private final Terminal terminal;
    private final boolean isQuiet;
    private final Supplier<Progress> progress;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "progress");
        thread.setDaemon(true);
        return thread;
    });
    private boolean isShown;
    private boolean isClosed;

    public ProgressLine(Terminal terminal, boolean isQuiet, Supplier<Progress> progress) {
        this.terminal = terminal;
        this.isQuiet = isQuiet;
        this.progress = progress;
        long pause = terminal.errIsTerminal() ? ON_TERMINAL_MILLIS : ELSEWHERE_MILLIS;
        if (!isQuiet) {
            var unused = timer.scheduleAtFixedRate(this::show, pause, pause, TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void show() {
        if (isClosed) {
            return;
        }
        Progress now = progress.get();
        if (terminal.errIsTerminal()) {
            terminal.err().print(CLEAR + now.line(terminal.columns()));
            terminal.err().flush();
            isShown = true;
        } else {
            terminal.err().println(now.text());
        }
    }

    /** Says something that stays, above the line that changes; a failure also when quiet. */
    public synchronized void say(String words) {
        clear();
        terminal.err().println(words);
    }

    /** Writes a line of the result, at once: it tells whoever reads it what is durable. */
    public synchronized void result(String line) {
        clear();
        terminal.out().println(line);
        terminal.out().flush();
    }

    private void clear() {
        if (isShown) {
            terminal.err().print(CLEAR);
            terminal.err().flush();
            isShown = false;
        }
    }

    public boolean isQuiet() {
        return isQuiet;
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        timer.shutdownNow();
        clear();
        terminal.out().flush();
    }
}
