package io.sluice.itemservice.content.segment;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Waits for the database, or a bucket, in a program that does nothing else meanwhile; never in a service that has begun. */
public final class Waiting {

    /** Longer than the longest look at everything. */
    private static final Duration LONGEST = Duration.ofHours(2);

    private Waiting() {}

    /**
     * Returns the result, null when there is none.
     *
     * @throws IOException when it cannot be had
     */
    public static <T> @Nullable T on(Mono<T> work) throws IOException {
        return on(work, LONGEST);
    }

    /** As {@link #on(Mono)}, for so long at most. */
    public static <T> @Nullable T on(Mono<T> work, Duration longest) throws IOException {
        CompletableFuture<@Nullable T> done = new CompletableFuture<>();
        work.subscribe(done::complete, done::completeExceptionally, () -> done.complete(null));
        try {
            return done.get(longest.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            throw new IOException(failure.getCause());
        } catch (TimeoutException late) {
            throw new IOException("There is no answer", late);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted", stopped);
        }
    }
}
