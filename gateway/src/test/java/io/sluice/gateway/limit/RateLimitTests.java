package io.sluice.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.AtTheGate;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;

/** Every test has a user of its own, hence limits of its own. */
@TestPropertySource(
        properties = {
            "gateway.limits.window=1h",
            "gateway.limits.read=3",
            "gateway.limits.write=2",
            "gateway.limits.upload=4",
            "gateway.limits.sign-in=2"
        })
class RateLimitTests extends AtTheGate {

    @Test
    void tellsWhatIsLeft() {
        WebTestClient user = user("left");

        HttpHeaders first = read(user).getResponseHeaders();
        HttpHeaders second = read(user).getResponseHeaders();

        assertThat(first.getFirst("RateLimit-Policy")).isEqualTo("\"read\";q=3;w=3600");
        assertThat(first.getFirst("RateLimit")).startsWith("\"read\";r=2;t=");
        assertThat(second.getFirst("RateLimit")).startsWith("\"read\";r=1;t=");
    }

    @Test
    void refusesWhatIsTooMuchAndSaysWhenToComeAgain() {
        WebTestClient user = user("much");
        for (int request = 0; request < 3; request++) {
            assertThat(read(user).getStatus()).isEqualTo(HttpStatus.OK);
        }

        EntityExchangeResult<byte[]> refused = read(user);

        assertThat(refused.getStatus()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
        assertThat(refused.getResponseHeaders().getFirst("RateLimit")).startsWith("\"read\";r=0;");
        assertThat(Integer.parseInt(
                        Objects.requireNonNull(refused.getResponseHeaders().getFirst(HttpHeaders.RETRY_AFTER))))
                .isBetween(1, 1200);
        assertThat(new String(Objects.requireNonNull(refused.getResponseBody())))
                .contains("\"status\":429", "More than 3 requests of the class read in 3600 s");
    }

    @Test
    void countsEachUserAndEachClassForItself() {
        WebTestClient user = user("each");
        for (int request = 0; request < 3; request++) {
            read(user);
        }

        assertThat(read(user).getStatus()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
        assertThat(read(user("another")).getStatus()).isEqualTo(HttpStatus.OK);
        assertThat(policy(user.patch().uri("/api/v1/items/6b01"))).isEqualTo("\"write\";q=2;w=3600");
        assertThat(policy(user.post().uri("/api/v1/datasets/6b01/items"))).isEqualTo("\"upload\";q=4;w=3600");
    }

    @Test
    void countsAQueryAsReading() {
        assertThat(policy(user("asks").post().uri("/api/v1/datasets/6b01/query")))
                .isEqualTo("\"read\";q=3;w=3600");
    }

    @Test
    void countsAttemptsToSignInByAddressWhoeverTries() {
        for (int attempt = 0; attempt < 2; attempt++) {
            signIn(stranger()).expectStatus().isOk();
        }

        signIn(stranger()).expectStatus().isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
        signIn(user("insider")).expectStatus().isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
    }

    @Test
    void tellsTheClientsOfATrustedProxyApart() {
        for (int attempt = 0; attempt < 2; attempt++) {
            signIn(behindProxy("192.0.2.7")).expectStatus().isOk();
        }

        signIn(behindProxy("192.0.2.7")).expectStatus().isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
        signIn(behindProxy("198.51.100.1, 192.0.2.7")).expectStatus().isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
        signIn(behindProxy("192.0.2.8")).expectStatus().isOk();
    }

    private WebTestClient behindProxy(String addresses) {
        return stranger().mutate().defaultHeader("X-Forwarded-For", addresses).build();
    }

    private WebTestClient user(String name) {
        String token = TOKENS.of(name + "@example.org");
        return stranger()
                .mutate()
                .defaultHeaders(headers -> headers.setBearerAuth(token))
                .build();
    }

    private static EntityExchangeResult<byte[]> read(WebTestClient user) {
        return user.get().uri("/api/v1/items/6b01").exchange().expectBody().returnResult();
    }

    private static WebTestClient.ResponseSpec signIn(WebTestClient client) {
        return client.post()
                .uri("/token?default")
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue("{}")
                .exchange();
    }

    private static String policy(WebTestClient.RequestHeadersSpec<?> request) {
        return Objects.requireNonNull(request.exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult()
                .getResponseHeaders()
                .getFirst("RateLimit-Policy"));
    }
}
