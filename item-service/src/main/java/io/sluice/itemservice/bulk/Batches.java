package io.sluice.itemservice.bulk;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Does together what waits at the same time: while one batch is worked on, the next one gathers. Nothing waits to be in
 * company, and a batch that was begun runs to its end, whoever has gone away meanwhile.
 */
final class Batches<T, R> {

    private final Function<List<T>, Mono<List<R>>> work;
    private final int largest;
    private final int atOnce;
    private final Queue<Waiting<T, R>> queue = new ArrayDeque<>();
    private int running;

    private record Waiting<T, R>(T item, MonoSink<R> sink) {}

    /** @param work answers as many results as there are items, in their order */
    Batches(Function<List<T>, Mono<List<R>>> work, int largest, int atOnce) {
        this.work = work;
        this.largest = largest;
        this.atOnce = atOnce;
    }

    /** What becomes of one; who subscribes is in the next batch. */
    Mono<R> put(T item) {
        return Mono.create(sink -> {
            synchronized (this) {
                queue.add(new Waiting<>(item, sink));
            }
            next();
        });
    }

    private void next() {
        List<Waiting<T, R>> batch = taken();
        if (batch != null) {
            // Not a part of what any one of them waits for: it must not end when that one does.
            Mono.defer(() -> work.apply(batch.stream().map(Waiting::item).toList()))
                    .subscribe(
                            results -> answer(batch, results),
                            failure -> {
                                batch.forEach(waiting -> waiting.sink().error(failure));
                                ended();
                            },
                            this::ended);
        }
    }

    private synchronized @Nullable List<Waiting<T, R>> taken() {
        if (running >= atOnce || queue.isEmpty()) {
            return null;
        }
        running++;
        List<Waiting<T, R>> batch = new ArrayList<>();
        while (batch.size() < largest && !queue.isEmpty()) {
            batch.add(queue.remove());
        }
        return batch;
    }

    private static <T, R> void answer(List<Waiting<T, R>> batch, List<R> results) {
        for (int index = 0; index < batch.size(); index++) {
            batch.get(index).sink().success(results.get(index));
        }
    }

    private void ended() {
        synchronized (this) {
            running--;
        }
        next();
    }
}
