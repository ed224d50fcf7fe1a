package io.sluice.launcher.embedded;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;

/**
 * Makes writes durable together: while one batch is being forced to the disk the next one gathers, so that any number
 * of writers pays for one sync.
 *
 * <p>Belongs to the event loop that runs every command. Storing happens on that loop, hence never in the middle of a
 * command; forcing the file, which takes the time, happens beside it.
 */
final class GroupCommit {

    /** The file is tidied while less than this share of its chunks is live, in percent. */
    private static final int TARGET_FILL_RATE = 70;

    /** The most that one round of tidying moves: a few milliseconds of the loop's time, once a second. */
    private static final int TIDY_BYTES = 512 * 1024;

    private final MVStore store;
    private final EventLoop loop;
    private final Consumer<Throwable> onFailure;
    private final ExecutorService disk = Executors.newSingleThreadExecutor(task -> new Thread(task, "embedded-sync"));

    private Promise<Void> gathering;
    private boolean awaited;
    private boolean running;
    private boolean stopping;
    private @Nullable Throwable failure;

    GroupCommit(MVStore store, EventLoop loop, Consumer<Throwable> onFailure) {
        this.store = store;
        this.loop = loop;
        this.onFailure = onFailure;
        this.gathering = loop.newPromise();
    }

    /** Tidies the file from now on, a little at a time. */
    void keepTidy() {
        loop.scheduleWithFixedDelay(this::tidy, 1, 1, TimeUnit.SECONDS);
    }

    /** Completes on the loop when everything written before this call is in the file. To be called on the loop. */
    Future<Void> durable() {
        if (failure != null) {
            return loop.newFailedFuture(failure);
        }
        awaited = true;
        if (!running) {
            running = true;
            // As a task of its own it runs after the commands that have already arrived, which thus share the batch.
            loop.execute(this::store);
        }
        return gathering;
    }

    private void store() {
        Promise<Void> batch = gathering;
        gathering = loop.newPromise();
        awaited = false;
        try {
            store.commit();
        } catch (RuntimeException problem) {
            fail(batch, problem);
            return;
        }
        disk.execute(() -> force(batch));
    }

    private void force(Promise<Void> batch) {
        try {
            store.sync();
            loop.execute(() -> finish(batch));
        } catch (RuntimeException problem) {
            loop.execute(() -> fail(batch, problem));
        }
    }

    private void finish(Promise<Void> batch) {
        batch.setSuccess(null);
        running = awaited;
        if (running) {
            loop.execute(this::store);
        }
    }

    /** Nothing is written any more after this: what the file holds and what is in memory may differ. */
    private void fail(Promise<Void> batch, Throwable problem) {
        failure = problem;
        batch.setFailure(problem);
        gathering.setFailure(problem);
        onFailure.accept(problem);
    }

    private void tidy() {
        if (!running && !stopping && failure == null && store.compact(TARGET_FILL_RATE, TIDY_BYTES)) {
            durable();
        }
    }

    /** Waits, at most ten seconds, until all is in the file; nothing is written of itself any more. Not for the loop. */
    void stop() {
        Promise<Void> stopped = GlobalEventExecutor.INSTANCE.newPromise();
        loop.execute(() -> {
            stopping = true;
            durable().addListener(done -> stopped.setSuccess(null));
        });
        stopped.awaitUninterruptibly(10, TimeUnit.SECONDS);
        disk.shutdown();
    }
}
