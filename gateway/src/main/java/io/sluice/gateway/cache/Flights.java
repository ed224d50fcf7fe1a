package io.sluice.gateway.cache;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Questions on their way to a service: who asks the same at that time waits for the answer to the first. */
final class Flights {

    /** Longer nobody waits for an answer that is perhaps for another only. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private final ConcurrentMap<CacheKey, Sinks.Empty<Void>> flights = new ConcurrentHashMap<>();

    /** Becomes the first to ask that, who must call {@link #landed}; null when somebody else is already asking. */
    @Nullable
    Runnable begin(CacheKey key) {
        Sinks.Empty<Void> flight = Sinks.empty();
        return flights.putIfAbsent(key, flight) == null ? () -> landed(key, flight) : null;
    }

    /** May be called more than once. */
    private void landed(CacheKey key, Sinks.Empty<Void> flight) {
        flights.remove(key, flight);
        flight.tryEmitEmpty();
    }

    /** Ends when it is known what has become of the question, or when that takes too long. */
    Mono<Void> end(CacheKey key) {
        Sinks.Empty<Void> flight = flights.get(key);
        return flight == null ? Mono.empty() : flight.asMono().timeout(LONGEST_WAIT, Mono.empty());
    }
}
