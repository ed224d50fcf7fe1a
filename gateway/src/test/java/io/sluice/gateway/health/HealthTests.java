package io.sluice.gateway.health;

import io.sluice.gateway.AtTheGate;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class HealthTests extends AtTheGate {

    private static final String READINESS = "/actuator/health/readiness";

    @Test
    void theGateIsUpWhenEveryServiceIsReadyAndDownWhenOneIsNot() {
        AtomicInteger status = new AtomicInteger(200);
        DATASET.on(
                READINESS, (request, response) -> response.status(status.get()).send());
        ITEM.on(READINESS, (request, response) -> response.status(200).send());

        Assertions.assertThat(eventually(200)).isEqualTo("{\"status\":\"UP\"}");

        status.set(503);

        Assertions.assertThat(eventually(503)).isEqualTo("{\"status\":\"DOWN\",\"down\":[\"dataset-service\"]}");
    }

    @Test
    void aServiceThatDoesNotAnswerIsDown() {
        ITEM.on(READINESS, (request, response) -> Mono.never());

        Assertions.assertThat(eventually(503, "item-service")).contains("item-service");

        ITEM.on(READINESS, (request, response) -> response.status(200).send());
    }

    @Test
    void aFloodCostsTheServicesNothing() {
        AtomicInteger asked = new AtomicInteger();
        DATASET.on(READINESS, (request, response) -> {
            asked.incrementAndGet();
            return response.status(200).send();
        });

        long start = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            stranger().get().uri("/health").exchange();
        }
        long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();

        Assertions.assertThat(asked.get()).isLessThanOrEqualTo((int) seconds + 2);
    }

    /** The body of the first answer with that status; the gate remembers the last one for a second. */
    private String eventually(int status) {
        return eventually(status, "");
    }

    private String eventually(int status, String part) {
        return String.valueOf(Flux.interval(Duration.ZERO, Duration.ofMillis(200))
                .onBackpressureDrop()
                .concatMap(tick -> reactor.netty.http.client.HttpClient.newConnection()
                        .get()
                        .uri(at("/health"))
                        .responseSingle((response, body) ->
                                response.status().code() == status ? body.asString() : body.then(Mono.empty())))
                .filter(body -> body.contains(part))
                .blockFirst(Duration.ofSeconds(60)));
    }
}
