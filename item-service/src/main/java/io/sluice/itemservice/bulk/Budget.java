package io.sluice.itemservice.bulk;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** As much as one request may have in memory at a time. Who reads waits; who is done with something gives back. */
final class Budget {

    static final int BYTES = 40 * 1024 * 1024;
    private static final int UNIT = 1024;

    private final Semaphore units = new Semaphore(BYTES / UNIT);
    private final Duration patience;

    Budget(Duration patience) {
        this.patience = patience;
    }

    /** Fails with {@link Stalled} when nothing has been given back for too long. */
    void take(int bytes) throws IOException {
        try {
            if (!units.tryAcquire(unitsOf(bytes), patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new Stalled("Nothing was taken of the answer", patience);
            }
        } catch (InterruptedException givenUp) {
            Thread.currentThread().interrupt();
            throw new IOException("Nobody waits for the answer any more", givenUp);
        }
    }

    void giveBack(int bytes) {
        units.release(unitsOf(bytes));
    }

    private static int unitsOf(int bytes) {
        return 1 + bytes / UNIT;
    }
}
