package io.sluice.gateway.cors;

import io.sluice.gateway.AtTheGate;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

@TestPropertySource(
        properties = {
            "gateway.cors.allowed-origins=https://console.example.org",
            "sluice.public-url=https://data.example.org"
        })
class CorsTests extends AtTheGate {

    @Test
    void aPageMayAskWithoutATokenWhatItMayDo() {
        stranger()
                .options()
                .uri("/api/v1/items/6b01")
                .header("Origin", "https://console.example.org")
                .header("Access-Control-Request-Method", "PATCH")
                .header("Access-Control-Request-Headers", "authorization, content-type")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("Access-Control-Allow-Origin", "https://console.example.org")
                .expectHeader()
                .valueEquals("Access-Control-Allow-Headers", "authorization, content-type");
    }

    @Test
    void aPageMayAskWhatAResourceCanDo() {
        stranger()
                .options()
                .uri("/api/v1/items/6b01")
                .header("Origin", "https://console.example.org")
                .header("Access-Control-Request-Method", "OPTIONS")
                .header("Access-Control-Request-Headers", "authorization")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .doesNotExist("Allow");
        ann().options()
                .uri("/api/v1/items/6b01")
                .header("Origin", "https://console.example.org")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueMatches("Access-Control-Expose-Headers", ".*Link, Allow, Accept-Patch.*");
    }

    @Test
    void aPageReadsTheAnswerAndItsHeaders() {
        ann().get()
                .uri("/api/v1/items/6b01")
                .header("Origin", "https://console.example.org")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("Access-Control-Allow-Origin", "https://console.example.org")
                .expectHeader()
                .valueMatches("Access-Control-Expose-Headers", ".*x-request-id.*ETag.*");
    }

    @Test
    void aPageMayReadWhyItIsRefused() {
        stranger()
                .get()
                .uri("/api/v1/items/6b01")
                .header("Origin", "https://console.example.org")
                .exchange()
                .expectStatus()
                .isUnauthorized()
                .expectHeader()
                .valueEquals("Access-Control-Allow-Origin", "https://console.example.org");
    }

    @Test
    void pagesOfOtherOriginsMayNot() {
        ann().get()
                .uri("/api/v1/items/6b01")
                .header("Origin", "https://elsewhere.example")
                .exchange()
                .expectStatus()
                .isForbidden()
                .expectHeader()
                .doesNotExist("Access-Control-Allow-Origin")
                .expectBody()
                .jsonPath("$.status")
                .isEqualTo(403);
    }

    @Test
    void aPageOfTheGateIsNoneOfAnotherOriginBehindAProxy() {
        ann().get()
                .uri("/api/v1/items/6b01")
                .header("Origin", "https://data.example.org")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .doesNotExist("Access-Control-Allow-Origin");
    }

    @Test
    void theSignInPageMaySendItsForm() {
        stranger()
                .post()
                .uri("/login")
                .header("Origin", "null")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .doesNotExist("Access-Control-Allow-Origin");
    }
}
