package io.sluice.itemservice.content.segment;

import java.time.Instant;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * What is known of a segment.
 *
 * @param id its name in the folder
 * @param state how far its life has gone
 * @param owner the process that writes to it, or is at work on it
 * @param seenAt when that process last said so; of a {@link State#MOVED} one, when everything had been moved
 * @param size how long it is, once nothing is appended any more
 * @param dead how many bytes of it belong to records that the index does not name, as far as that was counted
 */
@Document("blob_segments")
record SegmentNote(@Id String id, State state, String owner, Instant seenAt, long size, long dead) {

    enum State {
        /** Written to, or holding what may be nobody's. */
        OPEN,
        /** Only read. */
        SETTLED,
        /** Everything in it is somewhere else, too; the file goes soon. */
        MOVED,
        /** Not what was written is in it; it stays until somebody has seen to it. */
        DAMAGED
    }

    boolean isMostlyDead() {
        return size == 0 || dead * 2 > size;
    }
}
