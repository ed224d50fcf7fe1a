package io.sluice.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.AtTheGate;
import io.sluice.kit.testing.MovableNames;
import io.sluice.kit.testing.ReplicaServers;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One service with several replicas behind one name. Each test has addresses of its own, because the gateway remembers. */
@Import(ReplicaTests.Resolver.class)
class ReplicaTests extends AtTheGate {

    private static final String ONE = "127.0.0.2";
    private static final String TWO = "127.0.0.3";
    private static final String THREE = "127.0.0.4";
    private static final MovableNames NAMES = new MovableNames();
    private static final ReplicaServers SERVERS = ReplicaServers.at(ONE, TWO, THREE);

    @TestConfiguration(proxyBeanMethods = false)
    static class Resolver {

        @Bean
        MovableNames names() {
            return NAMES;
        }
    }

    @DynamicPropertySource
    static void byName(DynamicPropertyRegistry properties) {
        NAMES.move("models", ONE, TWO, THREE);
        properties.add("sluice.services.model-service", () -> SERVERS.named("models"));
        properties.add("sluice.replicas.refresh", () -> "100ms");
    }

    @AfterAll
    static void stop() {
        SERVERS.close();
    }

    private HttpStatusCode send(HttpMethod method) {
        return ann().method(method)
                .uri("/api/v1/ml/models")
                .exchange()
                .expectBody()
                .returnResult()
                .getStatus();
    }

    private static int seen() {
        return SERVERS.seen(ONE) + SERVERS.seen(TWO) + SERVERS.seen(THREE);
    }

    private void sendUntilAllAnswer() {
        int one = SERVERS.seen(ONE);
        int two = SERVERS.seen(TWO);
        int three = SERVERS.seen(THREE);
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (SERVERS.seen(ONE) < one + 2 || SERVERS.seen(TWO) < two + 2 || SERVERS.seen(THREE) < three + 2) {
            assertThat(System.nanoTime())
                    .as("the time by which all have answered")
                    .isLessThan(deadline);
            send(HttpMethod.GET);
        }
    }

    @Test
    void spreadsRequestsEvenly() {
        sendUntilAllAnswer();
        int one = SERVERS.seen(ONE);
        int two = SERVERS.seen(TWO);
        int three = SERVERS.seen(THREE);

        for (int time = 0; time < 30; time++) {
            assertThat(send(HttpMethod.POST).value()).isEqualTo(200);
        }

        assertThat(SERVERS.seen(ONE) - one).isEqualTo(10);
        assertThat(SERVERS.seen(TWO) - two).isEqualTo(10);
        assertThat(SERVERS.seen(THREE) - three).isEqualTo(10);
    }

    @Test
    void aDeadReplicaFailsNoRequestNotEvenAnUpload() {
        sendUntilAllAnswer();
        SERVERS.stop(TWO);
        try {
            for (int time = 0; time < 12; time++) {
                ann().post()
                        .uri("/api/v1/ml/models")
                        .body(Flux.just("{", "}"), String.class)
                        .exchange()
                        .expectStatus()
                        .isOk();
            }
        } finally {
            SERVERS.start(TWO);
        }
        sendUntilAllAnswer();
    }

    @Test
    void aReplicaThatHangsUpFailsOnlyWhatMustNotBeRepeated() {
        sendUntilAllAnswer();
        SERVERS.on(ONE, ReplicaServers::hangUp);
        SERVERS.on(TWO, ReplicaServers::hangUp);
        SERVERS.on(THREE, ReplicaServers::hangUp);
        try {
            int before = seen();
            assertThat(send(HttpMethod.POST).value()).isEqualTo(503);
            assertThat(seen()).isEqualTo(before + 1);
            assertThat(send(HttpMethod.DELETE).value()).isEqualTo(503);
            assertThat(seen()).isEqualTo(before + 4);
        } finally {
            SERVERS.on(ONE, (request, response) -> response.sendString(Mono.just("done")));
            SERVERS.on(TWO, (request, response) -> response.sendString(Mono.just("done")));
            SERVERS.on(THREE, (request, response) -> response.sendString(Mono.just("done")));
        }
        sendUntilAllAnswer();
    }

    @Test
    void aReplicaThatIsGoingGetsNoMoreRequests() {
        sendUntilAllAnswer();
        SERVERS.on(
                TWO,
                (request, response) ->
                        response.header(HttpHeaders.CONNECTION, "close").sendString(Mono.just("done")));
        try {
            int before = SERVERS.seen(TWO);
            for (int time = 0; time < 12; time++) {
                assertThat(send(HttpMethod.GET).value()).isEqualTo(200);
            }
            assertThat(SERVERS.seen(TWO)).isEqualTo(before + 1);
        } finally {
            SERVERS.on(TWO, (request, response) -> response.sendString(Mono.just("done")));
        }
        sendUntilAllAnswer();
    }
}
