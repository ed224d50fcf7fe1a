package io.sluice.itemservice.content.s3;

import java.time.Duration;
import java.time.Instant;

/**
 * Objects that this process makes within some minutes: their keys begin alike. Others leave them alone until none of them can
 * have become nobody's by a crash of this process, or until they have heard nothing of this process for long.
 */
final class Lot {

    private final String id;
    private final Instant begunAt;
    private volatile Instant renewedAt;
    private long objects;
    private int traces;
    private boolean isSealed;
    private boolean isUntidy;

    Lot(String id, Instant now) {
        this.id = id;
        this.begunAt = now;
        this.renewedAt = now;
    }

    String id() {
        return id;
    }

    Instant begunAt() {
        return begunAt;
    }

    /** An object is about to be made; false when none is made in this lot any more. */
    synchronized boolean addTrace(long mostObjects) {
        if (isSealed || objects >= mostObjects) {
            return false;
        }
        objects++;
        traces++;
        return true;
    }

    /**
     * A document names the bytes, or the sweep knows of them.
     *
     * @param isCertain whether there is no object but one that the index names
     */
    synchronized void removeTrace(boolean isCertain) {
        traces--;
        isUntidy |= !isCertain;
    }

    synchronized void seal() {
        isSealed = true;
    }

    /** Nothing will happen to it any more. */
    synchronized boolean isOver() {
        return isSealed && traces == 0;
    }

    /** Whether there may be objects in it that the index does not know. */
    synchronized boolean isUntidy() {
        return isUntidy;
    }

    void renewed(Instant then) {
        renewedAt = then;
    }

    /** Whether others may soon think that this process is no more. */
    boolean isStale(Instant now, Duration lease) {
        return renewedAt.plus(lease.dividedBy(2)).isBefore(now);
    }
}
