package io.sluice.datasetservice.dataset;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a dataset from being changed while somebody reads it.
 *
 * @param holder who asked for it, such as the id of a command
 * @param until when it is no lock any more, whatever has become of its holder
 */
record Lock(String holder, Instant until) {

    /**
     * Whether a dataset is locked at that time.
     *
     * @param readonly what is stored beside the locks
     */
    static boolean holds(boolean readonly, @Nullable List<Lock> locks, Instant now) {
        return readonly
                && (locks == null
                        || locks.stream().anyMatch(lock -> lock.until().isAfter(now)));
    }
}
