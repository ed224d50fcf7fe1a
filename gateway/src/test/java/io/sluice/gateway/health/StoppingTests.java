package io.sluice.gateway.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.AtTheGate;
import io.sluice.gateway.RawHttp;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;

class StoppingTests extends AtTheGate {

    @Autowired
    private ApplicationContext gateway;

    @Test
    void whoIsStillConnectedIsSentElsewhere() throws Exception {
        AvailabilityChangeEvent.publish(gateway, ReadinessState.REFUSING_TRAFFIC);
        try {
            RawHttp.Answer health = RawHttp.to(port()).send("GET /health HTTP/1.1\r\nHost: gate\r\n\r\n");

            assertThat(health.status()).isEqualTo(503);
            assertThat(health.header("connection")).containsExactly("close");
            assertThat(health.body()).isEqualTo("{\"status\":\"DOWN\",\"down\":[\"gateway\"]}");

            RawHttp.Answer other = RawHttp.to(port())
                    .send("GET /api/v1/items/6b01 HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer " + ANN + "\r\n\r\n");

            assertThat(other.status()).isEqualTo(200);
            assertThat(other.header("connection")).containsExactly("close");
        } finally {
            AvailabilityChangeEvent.publish(gateway, ReadinessState.ACCEPTING_TRAFFIC);
        }
    }
}
