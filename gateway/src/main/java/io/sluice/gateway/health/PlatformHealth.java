package io.sluice.gateway.health;

import io.sluice.kit.client.ServiceAddresses;
import io.sluice.kit.client.ServiceClients;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Asks every service whether it is ready, and remembers the answer for a second, so that a flood costs nothing. */
@Component
class PlatformHealth {

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int MOST_QUESTIONS = 3;
    private static final Duration MEMORY = Duration.ofSeconds(1);

    private final Mono<List<String>> down;

    PlatformHealth(ServiceAddresses addresses, ServiceClients clients) {
        Map<String, WebClient> services = new TreeMap<>();
        addresses
                .services()
                .keySet()
                .forEach(name -> services.put(name, clients.anonymous(name, "/actuator/health/readiness")));
        this.down = Flux.fromIterable(services.entrySet())
                .flatMapSequential(service ->
                        isReady(service.getValue()).filter(ready -> !ready).map(notReady -> service.getKey()))
                .collectList()
                .cache(MEMORY);
    }

    /** The names of the services that are not ready, in the order of their names. */
    Mono<List<String>> down() {
        return down;
    }

    private static Mono<Boolean> isReady(WebClient readiness) {
        return readiness
                .get()
                .exchangeToMono(response ->
                        response.releaseBody().thenReturn(response.statusCode().is2xxSuccessful()))
                .timeout(PATIENCE)
                .onErrorReturn(false)
                // One replica may be on its way out, or not yet in; the next question goes to another.
                .repeat(MOST_QUESTIONS - 1)
                .any(ready -> ready);
    }
}
