package io.sluice.modelservice.runtime;

import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Something that waits for a thread of the runtime. */
abstract class Turn {

    private final String group;
    private final String together;
    private final long rows;
    private final long mostRows;
    private final long bytes;

    /** Ends its waiting; kept here by the {@link Turns}. */
    @Nullable
    Future<?> limit;

    /**
     * @param group whose it is
     * @param together what has the same can be run with it
     * @param rows how much of a run it is
     * @param mostRows of such a run; when it has as many itself, it runs alone
     * @param bytes that it keeps in memory while it waits
     */
    Turn(String group, String together, long rows, long mostRows, long bytes) {
        this.group = group;
        this.together = together;
        this.rows = rows;
        this.mostRows = mostRows;
        this.bytes = bytes;
    }

    String group() {
        return group;
    }

    String together() {
        return together;
    }

    long rows() {
        return rows;
    }

    long mostRows() {
        return mostRows;
    }

    long bytes() {
        return bytes;
    }

    /** Carries out all of them, itself the first, and answers each. */
    abstract void runWith(List<Turn> turns);

    /** It is answered, if nobody has. */
    abstract void fail(RuntimeException failure);
}
