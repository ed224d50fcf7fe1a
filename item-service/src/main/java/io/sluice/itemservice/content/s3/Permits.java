package io.sluice.itemservice.content.s3;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

/** Lets no more than so many be at work at the same time; the others wait in their order, without a thread. */
final class Permits {

    private final Deque<MonoSink<Boolean>> waiting = new ArrayDeque<>();
    private int free;

    Permits(int most) {
        this.free = most;
    }

    <T> Mono<T> with(Supplier<Mono<T>> work) {
        return Mono.usingWhen(taken(), permit -> work.get(), permit -> Mono.fromRunnable(this::giveBack));
    }

    private Mono<Boolean> taken() {
        return Mono.create(sink -> {
            synchronized (waiting) {
                if (free == 0) {
                    waiting.add(sink);
                    sink.onCancel(() -> leave(sink));
                    return;
                }
                free--;
            }
            sink.success(true);
        });
    }

    /** Who was given a permit at the moment that he went away gives it back. */
    private void leave(MonoSink<Boolean> sink) {
        boolean wasWaiting;
        synchronized (waiting) {
            wasWaiting = waiting.remove(sink);
        }
        if (!wasWaiting) {
            giveBack();
        }
    }

    private void giveBack() {
        MonoSink<Boolean> next;
        synchronized (waiting) {
            next = waiting.poll();
            if (next == null) {
                free++;
            }
        }
        if (next != null) {
            MonoSink<Boolean> lucky = next;
            // Not on the thread of somebody who has just ended, whose stack would grow with each that follows.
            Schedulers.parallel().schedule(() -> lucky.success(true));
        }
    }
}
