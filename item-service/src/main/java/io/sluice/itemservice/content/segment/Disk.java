package io.sluice.itemservice.content.segment;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Where it is no harm to wait for a disk. */
public final class Disk {

    public static final Scheduler THREADS = Schedulers.boundedElastic();

    private Disk() {}

    /**
     * Runs to its end even when nobody waits for it any more: what cancels a Mono of {@code subscribeOn} interrupts its
     * thread, which closes the file that is being written.
     */
    public static <T> Mono<T> on(Callable<@Nullable T> blockingWork) {
        return Mono.create(sink -> THREADS.schedule(() -> run(blockingWork, sink)));
    }

    private static <T> void run(Callable<@Nullable T> blockingWork, MonoSink<T> sink) {
        try {
            sink.success(blockingWork.call());
        } catch (Throwable failure) {
            // An Error, too: nobody else would answer who waits.
            sink.error(failure);
        }
    }
}
