package io.sluice.gateway.limit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.error.Problem;
import io.sluice.kit.proxy.ClientNetwork;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Refuses with 429 what goes beyond the {@link LimitProperties}, and tells in every answer how much is left
 * ({@code RateLimit} and {@code RateLimit-Policy} of draft-ietf-httpapi-ratelimit-headers). Counted in this process, so
 * {@code n} replicas allow {@code n} times as much.
 */
final class RateLimit implements WebFilter {

    /** Callers remembered at most; who is forgotten starts anew. */
    private static final int MOST_CALLERS = 100_000;

    private static final String LIMIT = "RateLimit";
    private static final String POLICY = "RateLimit-Policy";

    private record Counted(String caller, OperationClass operations) {}

    /** @param policy what the header says of it */
    private record Quota(String name, long requests, String policy) {}

    private final Map<OperationClass, Quota> quotas = new EnumMap<>(OperationClass.class);
    private final Map<OperationClass, Counter> refusals = new EnumMap<>(OperationClass.class);
    private final Duration window;
    private final Cache<Counted, Bucket> buckets;

    RateLimit(LimitProperties limits, MeterRegistry registry) {
        this.window = limits.window();
        this.buckets = Caffeine.newBuilder()
                .maximumSize(MOST_CALLERS)
                .expireAfterAccess(window.multipliedBy(2))
                .build();
        for (OperationClass operations : OperationClass.values()) {
            put(operations, limits.of(operations));
            refusals.put(
                    operations,
                    Counter.builder("sluice.rate.limit.refusals")
                            .description("Requests that were more than their caller may send")
                            .tag("operations", operations.wireName())
                            .register(registry));
        }
    }

    private void put(OperationClass operations, long requests) {
        String name = '"' + operations.wireName() + '"';
        quotas.put(operations, new Quota(name, requests, name + ";q=" + requests + ";w=" + window.toSeconds()));
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return ReactiveSecurityContextHolder.getContext()
                .mapNotNull(context -> context.getAuthentication())
                .mapNotNull(authentication ->
                        authentication.getPrincipal() instanceof Caller caller ? "user " + caller.userId() : null)
                .switchIfEmpty(Mono.fromSupplier(() -> address(exchange)))
                .doOnNext(caller -> count(caller, exchange))
                .then(Mono.defer(() -> chain.filter(exchange)));
    }

    private static String address(ServerWebExchange exchange) {
        return "address " + ClientNetwork.of(exchange.getRequest());
    }

    private void count(String caller, ServerWebExchange exchange) {
        OperationClass operations = OperationClass.of(exchange.getRequest());
        String counted = operations == OperationClass.SIGN_IN ? address(exchange) : caller;
        Quota quota = Objects.requireNonNull(quotas.get(operations));
        ConsumptionProbe probe = buckets.get(new Counted(counted, operations), key -> full(quota.requests()))
                .tryConsumeAndReturnRemaining(1);

        HttpHeaders headers = exchange.getResponse().getHeaders();
        headers.set(POLICY, quota.policy());
        headers.set(
                LIMIT,
                quota.name() + ";r=" + probe.getRemainingTokens() + ";t=" + seconds(probe.getNanosToWaitForReset()));
        if (!probe.isConsumed()) {
            Objects.requireNonNull(refusals.get(operations)).increment();
            throw Problem.tooManyRequests(
                    "More than " + quota.requests() + " requests of the class " + operations.wireName() + " in "
                            + window.toSeconds() + " s",
                    seconds(probe.getNanosToWaitForRefill()));
        }
    }

    private Bucket full(long quota) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(quota).refillGreedy(quota, window))
                .build();
    }

    /** Rounded up: who waits that long is let in. */
    private static int seconds(long nanos) {
        return (int) (TimeUnit.NANOSECONDS.toSeconds(nanos - 1) + 1);
    }
}
