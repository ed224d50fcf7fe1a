package io.sluice.launcher.database;

import com.mongodb.MongoException;
import io.sluice.launcher.console.StartFailure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;

/** Waits for the database where nothing else can go on: while the platform starts. */
final class Waiting {

    private Waiting() {}

    /** Returns when the work is done; its failure is thrown. */
    static void until(Mono<?> work, long timeout, TimeUnit unit) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        work.subscribe(result -> {}, done::completeExceptionally, () -> done.complete(null));
        try {
            done.get(timeout, unit);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof MongoException refused ? refused : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new StartFailure("The database does not answer.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartFailure("Interrupted while waiting for the database.", e);
        }
    }
}
