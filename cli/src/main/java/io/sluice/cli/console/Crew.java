package io.sluice.cli.console;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Some threads for much work of one kind. Whoever brings it waits while enough lies there, so that it is never all in memory;
 * the first failure ends all of it.
 */
public final class Crew implements AutoCloseable {

    private static final long LOOK_SECONDS = 60;

    private final ExecutorService threads;
    private final Semaphore room;
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

    public Crew(int size, String name) {
        threads = Executors.newFixedThreadPool(size, work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
        room = new Semaphore(2 * size);
    }

    /** Has it done as soon as there is somebody. Fails when something before has. */
    public void add(Runnable work) {
        requireWell();
        try {
            room.acquire();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw Failure.interrupted();
        }
        requireWell();
        threads.execute(() -> {
            try {
                if (failure.get() == null) {
                    work.run();
                }
            } catch (RuntimeException ended) {
                failure.compareAndSet(null, ended);
            } finally {
                room.release();
            }
        });
    }

    /** Waits until all is done. */
    public void finish() {
        threads.shutdown();
        try {
            while (!threads.awaitTermination(LOOK_SECONDS, TimeUnit.SECONDS)) {
                requireWell();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw Failure.interrupted();
        }
        requireWell();
    }

    private void requireWell() {
        RuntimeException ended = failure.get();
        if (ended != null) {
            throw ended;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
