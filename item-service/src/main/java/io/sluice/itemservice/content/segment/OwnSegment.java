package io.sluice.itemservice.content.segment;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A segment that this process writes to, or has written to. Others leave it alone until nothing in it can have become
 * nobody's by a crash of this process, or until they have heard nothing of this process for long.
 */
final class OwnSegment {

    /** Whoever looks at all of a segment has the digests of all of it in memory. */
    private static final int MOST_RECORDS = 100_000;

    private final String id;
    private final SegmentWriter writer;
    private final AtomicInteger traces = new AtomicInteger();
    private final AtomicLong dead = new AtomicLong();
    private volatile Instant renewedAt;
    private volatile boolean isSealed;

    OwnSegment(String id, SegmentWriter writer, Instant now) {
        this.id = id;
        this.writer = writer;
        this.renewedAt = now;
    }

    String id() {
        return id;
    }

    List<Place> append(List<HeldBytes> all) throws IOException {
        return writer.append(all);
    }

    long end() {
        return writer.end();
    }

    /** @param roll as long as a segment is to be at most, but for what comes at once */
    boolean isFull(long roll) {
        return writer.end() >= roll || writer.records() >= MOST_RECORDS;
    }

    /** Nothing is appended any more. */
    void seal() throws IOException {
        isSealed = true;
        writer.close();
    }

    boolean isSealed() {
        return isSealed;
    }

    void addTrace() {
        traces.incrementAndGet();
    }

    void removeTrace() {
        traces.decrementAndGet();
    }

    boolean hasTraces() {
        return traces.get() > 0;
    }

    void renewed(Instant then) {
        renewedAt = then;
    }

    /** Whether others may soon think that this process is no more. */
    boolean isStale(Instant now, Duration lease) {
        return renewedAt.plus(lease.dividedBy(2)).isBefore(now);
    }

    /** A record was written in vain. */
    void addDead(long bytes) {
        dead.addAndGet(bytes);
    }

    long takeDead() {
        return dead.getAndSet(0);
    }
}
