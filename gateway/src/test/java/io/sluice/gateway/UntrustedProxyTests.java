package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.test.context.TestPropertySource;

@TestPropertySource(
        properties = {"sluice.trusted-proxies=192.0.2.0/24", "gateway.limits.window=1h", "gateway.limits.sign-in=1"})
class UntrustedProxyTests extends AtTheGate {

    @Test
    void whatAStrangerSaysOfItselfReachesNobody() {
        StubService.Seen seen = seenBy(ann().get()
                .uri("/api/v1/items/6b01")
                .header(HttpHeaders.HOST, "gate.example.org")
                .header("Forwarded", "for=198.51.100.1;host=evil.example.org;proto=https")
                .header("X-Forwarded-For", "198.51.100.1")
                .header("X-Forwarded-Host", "evil.example.org")
                .header("X-Forwarded-Prefix", "/evil")
                .header("X-Forwarded-Server", "evil"));

        assertThat(seen.headers())
                .containsEntry("host", "gate.example.org")
                .containsEntry("x-forwarded-for", "127.0.0.1")
                .doesNotContainKeys(
                        "forwarded",
                        "x-forwarded-proto",
                        "x-forwarded-host",
                        "x-forwarded-prefix",
                        "x-forwarded-server");
    }

    @Test
    void linksDoNotLeadWhereAStrangerSays() {
        stranger()
                .get()
                .uri("/api/v1")
                .header("X-Forwarded-Host", "evil.example.org")
                .header("X-Forwarded-Proto", "https")
                .exchange()
                .expectBody()
                .jsonPath("$.self.href")
                .isEqualTo(at("/api/v1").toString());
    }

    @Test
    void aLimitIsNotEscapedByAnotherAddressInAHeader() {
        signIn("198.51.100.1", 200);

        signIn("198.51.100.2", 429);
    }

    private void signIn(String address, int status) {
        stranger()
                .post()
                .uri("/token?default")
                .header("X-Forwarded-For", address)
                .header("Content-Type", "application/json")
                .bodyValue("{}")
                .exchange()
                .expectStatus()
                .isEqualTo(status);
    }
}
