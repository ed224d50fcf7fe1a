package io.sluice.itemservice.bulk;

import io.sluice.itemservice.item.GivenItem;
import io.sluice.itemservice.item.TakenItem;
import org.jspecify.annotations.Nullable;

/**
 * A file that has come whole.
 *
 * @param kind whether it may have a sidecar, or be one
 * @param text its bytes, when they are not written down yet; else null
 * @param bytes where they are; null when they are not written down, or there are none
 * @param sha256 what their digest has to be; null when nothing is said of it
 * @param end what became of it already; null when that is to be seen
 * @param sidecar what is said of it in a file of its own; null when there is none
 * @param weight as much of the {@link Budget} as it has until it is done with; negative for nothing
 */
record Arrival(
        String path,
        Kind kind,
        byte @Nullable [] text,
        GivenItem.@Nullable Bytes bytes,
        @Nullable String sha256,
        GivenItem.Said said,
        @Nullable TakenItem end,
        @Nullable Arrival sidecar,
        int weight) {

    /** What it is by its name. */
    enum Kind {
        FILE,
        /** It could be the sidecar of a file. */
        CANDIDATE,
        /** Something that was not taken, whose name may be that of a file all the same. */
        NO_FILE;

        static Kind of(boolean isNamed) {
            return isNamed ? CANDIDATE : FILE;
        }
    }

    /** One that takes no part of the budget. */
    private static final int NOTHING = -1;

    static Arrival ended(String path, Kind kind, TakenItem end) {
        return new Arrival(path, kind, null, null, null, GivenItem.Said.NOTHING, end, null, NOTHING);
    }

    static Arrival written(String path, Kind kind, GivenItem.Bytes bytes) {
        return new Arrival(path, kind, null, bytes, null, GivenItem.Said.NOTHING, null, null, NOTHING);
    }

    /** One that could be a sidecar. */
    static Arrival text(String path, byte[] text) {
        return new Arrival(path, Kind.CANDIDATE, text, null, null, GivenItem.Said.NOTHING, null, null, text.length);
    }

    Arrival weighing(int bytesOfBudget) {
        return new Arrival(path, kind, text, bytes, sha256, said, end, sidecar, bytesOfBudget);
    }

    Arrival with(Arrival itsSidecar) {
        return new Arrival(path, kind, text, bytes, sha256, said, end, itsSidecar, weight);
    }

    boolean isCandidate() {
        return kind == Kind.CANDIDATE;
    }

    /** Whether it has a part of the budget. */
    boolean isWeighed() {
        return weight != NOTHING;
    }

    /** As many bytes as it holds in memory while it waits. */
    int held() {
        return Math.max(0, weight);
    }
}
