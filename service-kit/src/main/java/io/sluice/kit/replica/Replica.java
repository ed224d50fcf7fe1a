package io.sluice.kit.replica;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One process of a service, as seen from here. One that fails is left out for a short time, which doubles each time that it
 * fails again; then one request finds out whether it is well.
 */
final class Replica {

    private static final long FIRST_OUTAGE = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LONGEST_OUTAGE = TimeUnit.SECONDS.toNanos(4);
    private static final int MOST_DOUBLINGS = 4;

    /** It answers well, but is about to go. */
    private static final long LEAVING = TimeUnit.SECONDS.toNanos(2);

    private static final long IN = Long.MIN_VALUE;

    private final String authority;
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicLong outUntil = new AtomicLong(IN);
    private int failures;
    private long failedAt;

    /** @param authority address and port, as in a URI */
    Replica(String authority) {
        this.authority = authority;
    }

    String authority() {
        return authority;
    }

    int underWay() {
        return underWay.get();
    }

    void begin() {
        underWay.incrementAndGet();
    }

    void end() {
        underWay.decrementAndGet();
    }

    boolean isIn() {
        return outUntil.get() == IN;
    }

    /** Whether this very request should find out how the replica is; others are kept away meanwhile. */
    boolean isToBeTried(long now) {
        long until = outUntil.get();
        return until != IN && until - now <= 0 && outUntil.compareAndSet(until, now + LEAVING);
    }

    void isWell() {
        if (!isIn()) {
            synchronized (this) {
                failures = 0;
                outUntil.set(IN);
            }
        }
    }

    void isLeaving(long now) {
        outUntil.set(now + LEAVING);
    }

    /** Many requests that fail at the same moment are one failure. */
    synchronized void hasFailed(long now) {
        if (failures == 0 || now - failedAt >= outage()) {
            failures++;
            failedAt = now;
            outUntil.set(now + outage());
        }
    }

    private long outage() {
        return Math.min(FIRST_OUTAGE << Math.min(failures - 1, MOST_DOUBLINGS), LONGEST_OUTAGE);
    }
}
