package io.sluice.itemservice.annotation;

import io.sluice.kit.error.Problem;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * How many bytes of lines all requests of a replica may work on at the same time: once it is parsed, a line takes many times as much memory.
 * Who comes first is served first. Nobody holds a thread while he waits.
 */
final class LineMemory {

    /** Room for hundreds of batches of usual lines and for two of the longest. */
    static final int BYTES = 24 * 1024 * 1024;

    /** Longer than any batch may take that has the room meanwhile. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final int RETRY_AFTER_SECONDS = 5;

    private final Queue<Waiting> queue = new ArrayDeque<>();
    private int free = BYTES;

    private record Waiting(Share share, int bytes, MonoSink<Void> sink) {}

    /** The part of one request. */
    final class Share {

        private int held;
        private boolean isClosed;

        /** Completes when there is room for so many bytes, at most {@link #BYTES}; 503 when there is none for too long. */
        Mono<Void> take(int bytes) {
            return Mono.<Void>create(sink -> {
                        synchronized (LineMemory.this) {
                            queue.add(new Waiting(this, bytes, sink));
                        }
                        serve();
                    })
                    .timeout(PATIENCE)
                    .onErrorMap(
                            TimeoutException.class,
                            full -> Problem.unavailable(
                                    "There was no room for so many long lines; send what is not acknowledged again",
                                    RETRY_AFTER_SECONDS));
        }

        void giveBack(int bytes) {
            synchronized (LineMemory.this) {
                if (isClosed) {
                    return;
                }
                held -= bytes;
                free += bytes;
            }
            serve();
        }

        /** Gives back all that is held, also when the request was given up in between. */
        void close() {
            synchronized (LineMemory.this) {
                if (isClosed) {
                    return;
                }
                isClosed = true;
                free += held;
                held = 0;
                queue.removeIf(waiting -> waiting.share() == this);
            }
            serve();
        }
    }

    Share share() {
        return new Share();
    }

    private void serve() {
        // Outside of the lock: who is served goes on at once.
        served().forEach(waiting -> waiting.sink().success());
    }

    private synchronized List<Waiting> served() {
        List<Waiting> served = new ArrayList<>();
        Waiting next = queue.peek();
        while (next != null && next.bytes() <= free) {
            queue.remove();
            free -= next.bytes();
            next.share().held += next.bytes();
            served.add(next);
            next = queue.peek();
        }
        return served;
    }
}
