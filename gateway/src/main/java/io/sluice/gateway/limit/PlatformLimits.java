package io.sluice.gateway.limit;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.kit.client.ServiceAddresses;
import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The bounds of the whole platform: those of every request, the gateway's own, and what each service says of itself. They
 * are remembered for a while; without a service that does not answer they are not complete, and asked for again soon.
 */
@Component
class PlatformLimits {

    private static final Logger log = LoggerFactory.getLogger(PlatformLimits.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration MEMORY = Duration.ofSeconds(30);
    private static final Duration MEMORY_OF_PART = Duration.ofSeconds(3);
    private static final ParameterizedTypeReference<List<Limit>> LIST = new ParameterizedTypeReference<>() {};

    private final Map<String, WebClient> services = new TreeMap<>();
    private final List<Limits> own;
    private final RateLimits rates;
    private final Mono<All> remembered;

    PlatformLimits(ServiceAddresses addresses, ServiceClients clients, List<Limits> own, LimitProperties limits) {
        addresses.services().keySet().forEach(name -> services.put(name, clients.anonymous(name, Limits.PATH)));
        this.own = own;
        this.rates = RateLimits.of(limits);
        this.remembered = Mono.defer(this::ask)
                .cache(
                        all -> all.missing().isEmpty() ? MEMORY : MEMORY_OF_PART,
                        failure -> Duration.ZERO,
                        () -> Duration.ZERO);
    }

    /**
     * All bounds.
     *
     * @param limits each name once
     * @param rateLimits how many requests a caller may send in a time
     * @param missing the services that did not answer, so that theirs are not here
     */
    record All(
            List<Limit> limits,
            RateLimits rateLimits,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> missing) {}

    /** @param enabled false when nobody counts, whatever the classes say */
    record RateLimits(boolean enabled, List<Rate> classes) {

        static RateLimits of(LimitProperties limits) {
            return new RateLimits(
                    limits.enabled(),
                    Arrays.stream(OperationClass.values())
                            .map(operations -> new Rate(
                                    operations.wireName(),
                                    limits.of(operations),
                                    limits.window().toMillis(),
                                    operations.about()))
                            .toList());
        }
    }

    /**
     * How many requests of one class fit into the window of one replica of the gateway.
     *
     * @param name as in the {@code RateLimit} headers
     */
    record Rate(String name, long requests, long windowMilliseconds, String about) {}

    private record Part(String service, Optional<List<Limit>> limits) {}

    Mono<All> get() {
        return remembered;
    }

    private Mono<All> ask() {
        return Flux.fromIterable(services.entrySet())
                .flatMapSequential(service -> ask(service.getKey(), service.getValue()))
                .collectList()
                .map(this::join);
    }

    private static Mono<Part> ask(String service, WebClient client) {
        return client.get()
                .retrieve()
                .bodyToMono(LIST)
                .timeout(PATIENCE)
                .map(limits -> new Part(service, Optional.of(limits)))
                .onErrorResume(failure -> {
                    log.warn("The limits of {} cannot be had: {}", service, failure.toString());
                    return Mono.just(new Part(service, Optional.empty()));
                });
    }

    /** What all have from the kit is told once. */
    private All join(List<Part> parts) {
        Map<String, Limit> byName = new LinkedHashMap<>();
        own.forEach(some -> some.all().forEach(limit -> byName.put(limit.name(), limit)));
        parts.forEach(part ->
                part.limits().ifPresent(limits -> limits.forEach(limit -> byName.putIfAbsent(limit.name(), limit))));
        return new All(
                List.copyOf(byName.values()),
                rates,
                parts.stream()
                        .filter(part -> part.limits().isEmpty())
                        .map(Part::service)
                        .toList());
    }
}
