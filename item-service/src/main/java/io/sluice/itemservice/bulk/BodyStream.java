package io.sluice.itemservice.bulk;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/**
 * The body of a request, read by a thread that may wait: as much is taken off the wire as the thread has read, and a few
 * pieces more.
 */
final class BodyStream extends InputStream {

    private static final int AHEAD = 16;

    /** Asking for each piece by itself would wake the thread of the connection for each. */
    private static final int ASKED_AT_ONCE = 8;

    private static final Object END = new Object();

    private final BlockingQueue<Object> pieces = new LinkedBlockingQueue<>();
    private final Pieces source = new Pieces();
    private final Duration longestSilence;
    private @Nullable DataBuffer current;
    private int taken;
    private boolean ended;
    private volatile boolean closed;

    private BodyStream(Duration longestSilence) {
        this.longestSilence = longestSilence;
    }

    static BodyStream of(Flux<DataBuffer> body, Duration longestSilence) {
        BodyStream stream = new BodyStream(longestSilence);
        body.subscribe(stream.source);
        return stream;
    }

    private final class Pieces extends BaseSubscriber<DataBuffer> {

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            request(AHEAD);
        }

        @Override
        protected void hookOnNext(DataBuffer piece) {
            pieces.add(piece);
            if (closed) {
                releaseAll();
            }
        }

        @Override
        protected void hookOnComplete() {
            pieces.add(END);
        }

        @Override
        protected void hookOnError(Throwable failure) {
            pieces.add(failure);
        }
    }

    @Override
    public int read() throws IOException {
        DataBuffer piece = piece();
        return piece == null ? -1 : piece.read() & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        DataBuffer piece = piece();
        if (piece == null) {
            return -1;
        }
        int count = Math.min(length, piece.readableByteCount());
        piece.read(into, offset, count);
        return count;
    }

    /** What can be read without waiting; 0 also at the end. */
    @Override
    public int available() {
        DataBuffer piece = current;
        if (piece != null && piece.readableByteCount() > 0) {
            return piece.readableByteCount();
        }
        return pieces.peek() instanceof DataBuffer next ? next.readableByteCount() : 0;
    }

    private @Nullable DataBuffer piece() throws IOException {
        while (current == null || current.readableByteCount() == 0) {
            if (ended) {
                return null;
            }
            if (current != null) {
                DataBufferUtils.release(current);
                current = null;
                if (++taken == ASKED_AT_ONCE) {
                    taken = 0;
                    source.request(ASKED_AT_ONCE);
                }
            }
            Object next = next();
            if (next == END) {
                ended = true;
                return null;
            }
            if (next instanceof Throwable failure) {
                throw new IOException("The connection was cut", failure);
            }
            current = (DataBuffer) next;
        }
        return current;
    }

    private Object next() throws IOException {
        try {
            Object next = pieces.poll(longestSilence.toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) {
                throw new Stalled("Nothing more of the body came", longestSilence);
            }
            return next;
        } catch (InterruptedException givenUp) {
            Thread.currentThread().interrupt();
            throw new IOException("Nobody waits for the answer any more", givenUp);
        }
    }

    @Override
    public void close() {
        closed = true;
        source.cancel();
        DataBuffer last = current;
        current = null;
        if (last != null) {
            DataBufferUtils.release(last);
        }
        ended = true;
        releaseAll();
    }

    private void releaseAll() {
        Object piece = pieces.poll();
        while (piece != null) {
            if (piece instanceof DataBuffer buffer) {
                DataBufferUtils.release(buffer);
            }
            piece = pieces.poll();
        }
    }
}
