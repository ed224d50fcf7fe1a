package io.sluice.gateway.limit;

import io.sluice.gateway.AtTheGate;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

@TestPropertySource(properties = {"gateway.limits.enabled=false", "gateway.limits.read=1"})
class NoRateLimitTests extends AtTheGate {

    @Test
    void countsNothingWhenSwitchedOff() {
        for (int request = 0; request < 3; request++) {
            ann().get()
                    .uri("/api/v1/items/6b01")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectHeader()
                    .doesNotExist("RateLimit");
        }
    }
}
