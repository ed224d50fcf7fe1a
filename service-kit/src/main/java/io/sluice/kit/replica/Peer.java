package io.sluice.kit.replica;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.netty.handler.timeout.TimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * Another service. A request goes to one of its replicas, and to another one when that fails and a repeat is allowed. While
 * most requests fail, or too many are under way, no replica is asked at all.
 */
public final class Peer {

    private static final int MOST_ATTEMPTS = 3;

    /** Of the requests of the last seconds, and not of so few that it may be chance. */
    private static final CircuitBreakerConfig BREAKER = CircuitBreakerConfig.custom()
            .slidingWindowType(SlidingWindowType.TIME_BASED)
            .slidingWindowSize(10)
            .minimumNumberOfCalls(20)
            .failureRateThreshold(50)
            .waitDurationInOpenState(Duration.ofSeconds(1))
            .permittedNumberOfCallsInHalfOpenState(5)
            // Those that try may be lost themselves; then others do.
            .maxWaitDurationInHalfOpenState(Duration.ofSeconds(2))
            .writableStackTraceEnabled(false)
            .build();

    private final Replicas replicas;
    private final CircuitBreaker breaker;
    private final Bulkhead bulkhead;

    Peer(String name, Replicas replicas, int mostRequests) {
        this.replicas = replicas;
        this.breaker = CircuitBreaker.of(name, BREAKER);
        this.bulkhead = Bulkhead.of(
                name,
                BulkheadConfig.custom()
                        .maxConcurrentCalls(mostRequests)
                        .maxWaitDuration(Duration.ZERO)
                        .writableStackTraceEnabled(false)
                        .build());
    }

    /** Nobody was asked, so that nothing has happened; as if the service were down. */
    public static final class NotAskedException extends IOException {

        private static final long serialVersionUID = 1L;

        NotAskedException(String why) {
            super(why);
        }
    }

    /**
     * Sends a request.
     *
     * @param request what to do with an attempt; it says when it is answered
     * @param mayRepeat whether a failure leaves the request in a state in which it can be sent again
     * @return the outcome; {@link NotAskedException} when nobody is asked at the moment
     */
    public <T> Mono<T> send(Function<Attempt, Mono<T>> request, Predicate<Throwable> mayRepeat) {
        return Mono.defer(() -> {
            if (!bulkhead.tryAcquirePermission()) {
                return Mono.error(new NotAskedException("too many requests are under way already"));
            }
            if (!breaker.tryAcquirePermission()) {
                bulkhead.releasePermission();
                return Mono.error(new NotAskedException("too many requests have failed just now"));
            }
            return new Sending<>(request, mayRepeat).run();
        });
    }

    /** Whether no byte of a request has left when it failed like this. */
    public static boolean isBeforeSending(Throwable failure) {
        Throwable cause = causeOf(failure);
        return cause instanceof ConnectException
                || cause instanceof NoRouteToHostException
                || cause instanceof UnknownHostException;
    }

    /** Whether the connection broke, or was never made. */
    public static boolean isLost(Throwable failure) {
        return causeOf(failure) instanceof IOException;
    }

    private static @Nullable Throwable causeOf(Throwable failure) {
        return failure instanceof WebClientRequestException ? failure.getCause() : failure;
    }

    /** One request, with all its attempts. */
    private final class Sending<T> {

        private final Function<Attempt, Mono<T>> request;
        private final Predicate<Throwable> mayRepeat;
        private final AtomicBoolean settled = new AtomicBoolean();
        private final long start = System.nanoTime();
        private List<Replica> tried = List.of();

        Sending(Function<Attempt, Mono<T>> request, Predicate<Throwable> mayRepeat) {
            this.request = request;
            this.mayRepeat = mayRepeat;
        }

        Mono<T> run() {
            return attempt().doOnError(this::failed).doFinally(this::over);
        }

        private Mono<T> attempt() {
            return replicas.next(tried).flatMap(this::attempt);
        }

        private Mono<T> attempt(Replica replica) {
            replica.begin();
            return request.apply(new Attempt(replica, this::answered))
                    .doFinally(signal -> replica.end())
                    .onErrorResume(failure -> {
                        if (isLost(failure)) {
                            replica.hasFailed(System.nanoTime());
                        }
                        tried = with(tried, replica);
                        return isWorthAnotherAttempt(failure) ? attempt() : Mono.error(failure);
                    });
        }

        /** The only replica may have closed a kept connection; that it takes none at all will be so in a moment, too. */
        private boolean isWorthAnotherAttempt(Throwable failure) {
            boolean isAnotherThere = tried.size() < Math.min(replicas.count(), MOST_ATTEMPTS);
            boolean isSameWorthIt = tried.size() == 1 && isLost(failure) && !isBeforeSending(failure);
            return (isAnotherThere || isSameWorthIt) && mayRepeat.test(failure);
        }

        private static List<Replica> with(List<Replica> tried, Replica replica) {
            List<Replica> more = new ArrayList<>(tried);
            more.add(replica);
            return more;
        }

        private void answered() {
            if (settled.compareAndSet(false, true)) {
                breaker.onSuccess(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            }
        }

        private void failed(Throwable failure) {
            boolean isItsFault = isLost(failure) || causeOf(failure) instanceof TimeoutException;
            if (isItsFault && settled.compareAndSet(false, true)) {
                breaker.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, failure);
            }
        }

        /** What ended without an answer and without its fault says nothing about it, as when the client has left. */
        private void over(SignalType signal) {
            bulkhead.releasePermission();
            if (settled.compareAndSet(false, true)) {
                breaker.releasePermission();
            }
        }
    }
}
