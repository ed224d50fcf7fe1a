package io.sluice.kit.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jsonwebtoken.security.Jwks;
import io.sluice.kit.testing.Outcome;
import io.sluice.kit.testing.Tokens;
import io.sluice.kit.token.ServiceTokens;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"spring.config.import=classpath:service-kit.yml", "spring.application.name=item-service"})
abstract class StoringContract {

    private static final Tokens TOKENS = Tokens.shared();

    @LocalServerPort
    private int port;

    @Autowired
    private ServiceTokens serviceTokens;

    @DynamicPropertySource
    static void peers(DynamicPropertyRegistry properties) {
        TOKENS.register(properties);
    }

    @BeforeEach
    void awaitReadiness() {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> client().get()
                                .uri("/actuator/health/readiness")
                                .exchange()
                                .returnResult(String.class)
                                .getStatus()
                                .value()
                        == 200);
    }

    @Test
    void keepsClientMadeJsonAndNoNameOfAJavaClass() {
        String name = UUID.randomUUID().toString();

        send(HttpMethod.POST, name, name, 0)
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$._class")
                .doesNotExist()
                .jsonPath("$.tags['a~1b'].c")
                .isEqualTo(1);
    }

    @Test
    void saysThatAKeyIsTaken() {
        String label = UUID.randomUUID().toString();
        send(HttpMethod.POST, label + 1, label, 0).expectStatus().isOk();

        ResponseSpec second = send(HttpMethod.POST, label + 2, label, 0);

        second.expectStatus()
                .isEqualTo(409)
                .expectBody()
                .jsonPath("$.type")
                .isEqualTo("/problems/already-exists")
                .jsonPath("$.message")
                .value(message -> assertThat((String) message).doesNotContain("E11000", "index", label));
    }

    @Test
    void saysThatSomebodyElseHasChangedIt() {
        String name = UUID.randomUUID().toString();
        send(HttpMethod.POST, name, name, 0).expectStatus().isOk();
        send(HttpMethod.PUT, name, name, 1).expectStatus().isOk();

        send(HttpMethod.PUT, name, name, 1)
                .expectStatus()
                .isEqualTo(409)
                .expectBody()
                .jsonPath("$.type")
                .isEqualTo("/problems/changed-meanwhile");
    }

    @Test
    void publishesTheKeyOfATokenToEverybody() {
        String token = Outcome.of(serviceTokens.forService("dataset-service"));

        String keys = client().get()
                .uri("/internal/jwks.json")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody();

        assertThat(token).isNotBlank();
        assertThat(Jwks.setParser().build().parse(keys).getKeys())
                .singleElement()
                .satisfies(key -> assertThat(key.getId()).startsWith("item-service/"));
    }

    @Test
    void isAliveWhateverTheDatabaseDoes() {
        client().get()
                .uri("/actuator/health/liveness")
                .exchange()
                .expectStatus()
                .isOk();
    }

    ResponseSpec send(HttpMethod method, String name, String label, long version) {
        return client().method(method)
                .uri("/api/v1/things")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{\"name\":\"" + name + "\",\"label\":\"" + label + "\",\"version\":" + version
                        + ",\"tags\":{\"a.b\":{\"c\":1}}}")
                .exchange();
    }

    WebTestClient client() {
        return WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .responseTimeout(Duration.ofSeconds(30))
                .defaultHeaders(headers -> headers.setBearerAuth(TOKENS.of("ann@example.org")))
                .build();
    }
}
