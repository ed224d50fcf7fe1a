package io.sluice.itemservice.item;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What somebody takes at a pace of its own, until nothing is asked for any more: who has stopped to read would otherwise
 * keep a cursor and a connection.
 */
public final class TakenInTime {

    private static final int LOOKS = 4;

    private final long longestSilenceNanos;
    private final AtomicLong wanted = new AtomicLong();
    private volatile long lastMoved = System.nanoTime();

    private TakenInTime(Duration longestSilence) {
        this.longestSilenceNanos = longestSilence.toNanos();
    }

    /** Fails with {@code TimeoutException} when something has been given and nothing more was asked for since then. */
    public static <T> Flux<T> of(Flux<T> source, Duration longestSilence) {
        return Flux.defer(() -> {
            TakenInTime pace = new TakenInTime(longestSilence);
            Mono<Void> silence = Flux.interval(longestSilence.dividedBy(LOOKS))
                    .onBackpressureDrop()
                    .filter(look -> pace.isSilent())
                    .next()
                    .flatMap(look -> Mono.error(
                            () -> new TimeoutException("Nothing was taken for " + longestSilence.toSeconds() + " s")));
            return source.takeUntilOther(silence)
                    .doOnNext(given -> pace.given())
                    .doOnRequest(pace::asked);
        });
    }

    private void asked(long more) {
        lastMoved = System.nanoTime();
        wanted.updateAndGet(open -> open + more < 0 ? Long.MAX_VALUE : open + more);
    }

    private void given() {
        lastMoved = System.nanoTime();
        wanted.updateAndGet(open -> open == Long.MAX_VALUE ? open : open - 1);
    }

    private boolean isSilent() {
        return wanted.get() == 0 && System.nanoTime() - lastMoved > longestSilenceNanos;
    }
}
