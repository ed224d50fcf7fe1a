package io.sluice.gateway;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Mono;

class MethodTests extends AtTheGate {

    @Test
    void whatAResourceCanDoIsAskedOfItsService() {
        ITEM.on(
                "/api/v1/items/options",
                (request, response) -> response.header(
                                "Allow",
                                "GET, HEAD, "
                                        + (request.method().name().equals("OPTIONS") ? "PATCH, OPTIONS" : "OPTIONS"))
                        .header("Accept-Patch", "application/merge-patch+json")
                        .header("Link", "<https://data.example.org/api/v1/items/options>; rel=\"self\"")
                        .send());

        ann().options()
                .uri("/api/v1/items/options")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals(HttpHeaders.ALLOW, "GET, HEAD, PATCH, OPTIONS")
                .expectHeader()
                .valueEquals(HttpHeaders.ACCEPT_PATCH, "application/merge-patch+json")
                .expectHeader()
                .valueEquals(HttpHeaders.LINK, "<https://data.example.org/api/v1/items/options>; rel=\"self\"");
    }

    @Test
    void whatAServiceRefusesKeepsTheMethodsThatItNames() {
        ITEM.on(
                "/api/v1/items/refused",
                (request, response) -> response.status(405)
                        .header("Allow", "GET, HEAD, OPTIONS")
                        .sendString(Mono.just("{}"))
                        .then());

        ann().put()
                .uri("/api/v1/items/refused")
                .exchange()
                .expectStatus()
                .isEqualTo(405)
                .expectHeader()
                .valueEquals(HttpHeaders.ALLOW, "GET, HEAD, OPTIONS");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/health                   | GET, HEAD, OPTIONS",
                "/api/v1                   | GET, HEAD, OPTIONS",
                "/api/v1/limits            | GET, HEAD, OPTIONS",
                "/api/v1/docs              | GET, HEAD, OPTIONS",
                "/api/v1/docs/openapi.json | GET, HEAD, OPTIONS",
                "/sdk/sluice.js            | GET, HEAD, OPTIONS"
            })
    void theGatewaySaysWhatItsOwnCanDoToEverybody(String path, String methods) {
        stranger()
                .options()
                .uri(path)
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals(HttpHeaders.ALLOW, methods)
                .expectHeader()
                .doesNotExist(HttpHeaders.ACCEPT_PATCH)
                .expectBody()
                .isEmpty();
        stranger()
                .delete()
                .uri(path)
                .exchange()
                .expectStatus()
                .isEqualTo(405)
                .expectHeader()
                .valueEquals(HttpHeaders.ALLOW, methods);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/items/options", "/api/v1/datasets", "/nope", "/internal/access"})
    void whoHasNoTokenLearnsNothing(String path) {
        stranger()
                .options()
                .uri(path)
                .exchange()
                .expectStatus()
                .isUnauthorized()
                .expectHeader()
                .doesNotExist(HttpHeaders.ALLOW);
    }

    @Test
    void nobodyAnswersWhereNothingIs() {
        ann().options().uri("/nope").exchange().expectStatus().isNotFound();
    }
}
