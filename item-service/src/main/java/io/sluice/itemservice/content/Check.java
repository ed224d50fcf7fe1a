package io.sluice.itemservice.content;

import io.sluice.itemservice.content.segment.Findings;
import java.io.IOException;

/** Looks at everything that a store keeps, for somebody who wants to know whether it is all right. */
public interface Check {

    /** How many bytes {@link #scrub} reads. */
    long size() throws IOException;

    /** Reads everything, and tells what is not what was written. */
    void scrub(Findings findings) throws IOException;

    /**
     * Compares what documents name with what is there, and tells what does not fit.
     *
     * @param repairs whether the index is made anew of what is there, and bytes that nobody names are left to the sweep
     */
    void compare(boolean repairs, Findings findings) throws IOException;
}
