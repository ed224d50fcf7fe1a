package io.sluice.itemservice.content.s3;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Bytes on their way into an object, and the trace that they leave in a lot. */
public final class Upload {

    private final String sha256;
    private final long size;
    private final byte @Nullable [] bytes;
    private final @Nullable Path file;
    private @Nullable Lot lot;
    private boolean isCertain = true;
    private boolean isOver;

    private Upload(String sha256, long size, byte @Nullable [] bytes, @Nullable Path file) {
        this.sha256 = sha256;
        this.size = size;
        this.bytes = bytes;
        this.file = file;
    }

    /** @param bytes not copied; nobody changes them any more */
    public static Upload of(String sha256, byte[] bytes) {
        return new Upload(sha256, bytes.length, bytes, null);
    }

    public static Upload of(String sha256, Path file, long size) {
        return new Upload(sha256, size, null, file);
    }

    String sha256() {
        return sha256;
    }

    long size() {
        return size;
    }

    Mono<Void> into(Bucket bucket, String key) {
        return bytes == null
                ? bucket.put(key, Objects.requireNonNull(file), size, sha256)
                : bucket.put(key, bytes, sha256);
    }

    /**
     * An object is about to be made, of which nobody knows yet.
     *
     * @return false when whoever brought the bytes has gone away
     */
    synchronized boolean begin(Lot entered) {
        if (isOver) {
            entered.removeTrace(true);
            return false;
        }
        if (lot != null) {
            lot.removeTrace(isCertain);
        }
        lot = entered;
        isCertain = false;
        return true;
    }

    /** The index names the object, or it is not there any more. */
    synchronized void certain() {
        isCertain = true;
    }

    /** A document names the bytes, or the sweep knows of them, or nobody wants them any more. */
    public synchronized void end() {
        isOver = true;
        if (lot != null) {
            lot.removeTrace(isCertain);
            lot = null;
        }
    }
}
