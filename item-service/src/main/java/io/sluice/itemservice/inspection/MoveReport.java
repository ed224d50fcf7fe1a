package io.sluice.itemservice.inspection;

import io.sluice.itemservice.content.BlobMove;
import io.sluice.itemservice.content.Content;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Prints how far a move has come, and what could not be moved. */
final class MoveReport implements BlobMove.Progress {

    private static final long BETWEEN_LINES = TimeUnit.SECONDS.toNanos(5);
    private static final double MEGABYTE = 1024.0 * 1024;

    private final PrintStream out;
    private long lastLine = System.nanoTime();
    private long there;
    private long moved;
    private long bytes;
    private long lost;

    MoveReport(PrintStream out) {
        this.out = out;
    }

    @Override
    public synchronized void there(int count) {
        there += count;
    }

    @Override
    public synchronized void moved(Content content) {
        moved++;
        bytes += content.size();
        long now = System.nanoTime();
        if (now - lastLine > BETWEEN_LINES) {
            lastLine = now;
            print("so far");
        }
    }

    @Override
    public synchronized void lost(String sha256, String why) {
        lost++;
        out.println("WRONG     documents name the bytes " + sha256 + ": " + why);
    }

    private void print(String when) {
        out.printf(
                Locale.ROOT,
                "%d files moved %s, %.0f MB; %d were there; %d wrong.%n",
                moved,
                when,
                bytes / MEGABYTE,
                there,
                lost);
    }

    /** The last line. Answers with the exit code: 0 when all is there now, 1 when something could not be moved. */
    synchronized int end() {
        print("in all");
        return lost == 0 ? 0 : 1;
    }
}
