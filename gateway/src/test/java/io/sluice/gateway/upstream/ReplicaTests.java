package io.sluice.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.GatewayApplication;
import io.sluice.kit.testing.MovableNames;
import io.sluice.kit.testing.ReplicaServers;
import io.sluice.kit.testing.Tokens;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One service with several replicas behind one name. Each test has addresses of its own, because the gateway remembers. */
@SpringBootTest(
        classes = GatewayApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"spring.config.name=gateway", "server.address=127.0.0.1", "sluice.replicas.refresh=100ms"})
@Import(ReplicaTests.Resolver.class)
class ReplicaTests {

    private static final Tokens TOKENS = Tokens.start();
    private static final String ANN = TOKENS.of("ann@example.org");

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
        TOKENS.register(properties, "auth-service");
        NAMES.move("models", ONE, TWO, THREE);
        properties.add("sluice.services.model-service", () -> SERVERS.named("models"));
    }

    @LocalServerPort
    private int port;

    @AfterAll
    static void stop() {
        SERVERS.close();
    }

    private WebTestClient ann() {
        return WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .responseTimeout(Duration.ofSeconds(60))
                .defaultHeaders(headers -> headers.setBearerAuth(ANN))
                .build();
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
