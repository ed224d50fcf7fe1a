package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class TakenInTimeTests {

    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofSeconds(20);

    @Test
    void givesUpWhenNothingMoreIsAskedFor() {
        assertThatThrownBy(() -> taken(TakenInTime.of(Flux.range(1, 10), SHORT), 3))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(TimeoutException.class);
    }

    @Test
    void waitsForASourceThatIsSlowItself() throws Exception {
        Flux<Integer> slow =
                Flux.just(1).concatWith(Mono.delay(SHORT.multipliedBy(4)).thenReturn(2));

        assertThat(taken(TakenInTime.of(slow, SHORT), Long.MAX_VALUE)).isEqualTo(2);
    }

    @Test
    void endsWithItsSource() throws Exception {
        assertThat(taken(TakenInTime.of(Flux.just(1, 2), LONG), 2)).isEqualTo(2);
    }

    /** How many have come when all have come to somebody who asks for that many only. */
    private static <T> int taken(Flux<T> source, long wanted) throws Exception {
        CompletableFuture<Integer> end = new CompletableFuture<>();
        source.subscribe(new BaseSubscriber<T>() {

            private int count;

            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                request(wanted);
            }

            @Override
            protected void hookOnNext(T next) {
                count++;
            }

            @Override
            protected void hookOnComplete() {
                end.complete(count);
            }

            @Override
            protected void hookOnError(Throwable failure) {
                end.completeExceptionally(failure);
            }
        });
        return end.get(LONG.toSeconds() / 2, TimeUnit.SECONDS);
    }
}
