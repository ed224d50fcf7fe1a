package io.sluice.itemservice.content.segment;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Bytes in memory on their way into a segment, and the trace that they leave there. */
public final class HeldBytes {

    private final String sha256;
    private final byte[] bytes;
    private @Nullable OwnSegment trace;
    private boolean isOver;
    private volatile @Nullable Instant keptAt;

    /** @param bytes not copied; nobody changes them any more */
    public HeldBytes(String sha256, byte[] bytes) {
        this.sha256 = sha256;
        this.bytes = bytes;
    }

    public String sha256() {
        return sha256;
    }

    public byte[] bytes() {
        return bytes;
    }

    /** When they were last known to be durable and in no trash; null before that. */
    public @Nullable Instant keptAt() {
        return keptAt;
    }

    /** They are durable, and in no trash. */
    public void kept(Instant then) {
        keptAt = then;
    }

    /** Their record was written: until it {@linkplain #end is over} a crash leaves something to be looked at there. */
    synchronized void leaveTraceIn(OwnSegment segment) {
        if (!isOver) {
            if (trace != null) {
                trace.removeTrace();
            }
            segment.addTrace();
            trace = segment;
        }
    }

    /** A document names them, or the sweep knows of them. */
    public synchronized void end() {
        isOver = true;
        if (trace != null) {
            trace.removeTrace();
            trace = null;
        }
    }

    synchronized boolean isOver() {
        return isOver;
    }
}
