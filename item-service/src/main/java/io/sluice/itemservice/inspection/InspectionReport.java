package io.sluice.itemservice.inspection;

import io.sluice.itemservice.content.segment.Findings;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Prints what is found, and how far it has come; keeps to the rate that was asked for. */
final class InspectionReport implements Findings {

    private static final long BETWEEN_LINES = TimeUnit.SECONDS.toNanos(5);
    private static final double MEGABYTE = 1024.0 * 1024;

    private final PrintStream out;
    private final long all;
    private final double bytesInNano;
    private final long begun = System.nanoTime();
    private long lastLine = begun;
    private long done;
    private int wrong;
    private int repaired;

    InspectionReport(PrintStream out, long all, long bytesInSecond) {
        this.out = out;
        this.all = all;
        this.bytesInNano = bytesInSecond / (double) TimeUnit.SECONDS.toNanos(1);
    }

    @Override
    public void wrong(String what) {
        wrong++;
        out.println("WRONG     " + what);
    }

    @Override
    public void repaired(String what) {
        repaired++;
        out.println("REPAIRED  " + what);
    }

    @Override
    public void harmless(String what) {
        out.println("harmless  " + what);
    }

    @Override
    public void read(long bytes) {
        done += bytes;
        long now = System.nanoTime();
        if (now - lastLine > BETWEEN_LINES) {
            lastLine = now;
            out.printf(Locale.ROOT, "%.0f of %.0f MB%n", done / MEGABYTE, Math.max(done, all) / MEGABYTE);
        }
        long early = (long) (done / bytesInNano) - (now - begun);
        if (early > 0) {
            LockSupport.parkNanos(early);
        }
    }

    /** The last line. Answers with the exit code: 0 when all is well, 1 when something is wrong. */
    int end() {
        out.printf(Locale.ROOT, "%.0f MB read; %d wrong, %d repaired.%n", done / MEGABYTE, wrong, repaired);
        return wrong == 0 ? 0 : 1;
    }
}
