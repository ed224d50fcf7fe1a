package io.sluice.itemservice.bulk;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads a body, in a thread that may wait for it. */
interface Entries extends AutoCloseable {

    /** The next one; null at the end. What cannot be read any further fails. */
    @Nullable
    Entry next() throws IOException;

    @Override
    void close();
}
