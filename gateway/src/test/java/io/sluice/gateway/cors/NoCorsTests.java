package io.sluice.gateway.cors;

import io.sluice.gateway.AtTheGate;
import org.junit.jupiter.api.Test;

class NoCorsTests extends AtTheGate {

    @Test
    void noPageOfAnotherOriginMayCallUnlessItIsSet() {
        stranger()
                .options()
                .uri("/api/v1/items/6b01")
                .header("Origin", "https://console.example.org")
                .header("Access-Control-Request-Method", "GET")
                .exchange()
                .expectStatus()
                .isUnauthorized()
                .expectHeader()
                .doesNotExist("Access-Control-Allow-Origin");
    }
}
