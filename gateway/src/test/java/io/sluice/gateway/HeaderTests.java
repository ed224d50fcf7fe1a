package io.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;

class HeaderTests extends AtTheGate {

    private static final List<String> SECURITY =
            List.of("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "X-XSS-Protection");

    @Test
    void makesARequestIdThatServiceAndClientSee() {
        EntityExchangeResult<StubService.Seen> result = whole(ann().get().uri("/api/v1/items/6b01"));

        List<String> ids = result.getResponseHeaders().getOrEmpty("x-request-id");
        assertThat(ids).hasSize(1);
        assertThat(body(result).headers()).containsEntry("x-request-id", ids.get(0));
    }

    @Test
    void keepsTheRequestIdOfTheClient() {
        EntityExchangeResult<StubService.Seen> result =
                whole(ann().get().uri("/api/v1/items/6b01").header("x-request-id", "from-client.1"));

        assertThat(result.getResponseHeaders().getOrEmpty("x-request-id")).containsExactly("from-client.1");
        assertThat(body(result).headers()).containsEntry("x-request-id", "from-client.1");
    }

    @Test
    void passesTheTraceOfTheClientOnAsItsParent() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";

        EntityExchangeResult<StubService.Seen> result = whole(ann().get()
                .uri("/api/v1/items/6b01")
                .header("traceparent", "00-" + trace + "-00f067aa0ba902b7-01")
                .header("tracestate", "vendor=1"));

        assertThat(body(result).headers().get("traceparent"))
                .matches("00-" + trace + "-(?!00f067aa0ba902b7)[0-9a-f]{16}-01");
        assertThat(body(result).headers()).containsEntry("tracestate", "vendor=1");
    }

    @Test
    void beginsATraceInPlaceOfABadOne() {
        EntityExchangeResult<StubService.Seen> result = whole(ann().get()
                .uri("/api/v1/items/6b01")
                .header("traceparent", "00-bad")
                .header("tracestate", "v=1"));

        assertThat(body(result).headers().get("traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00");
        assertThat(body(result).headers()).doesNotContainKey("tracestate");
    }

    @Test
    void saysEachHeaderOnceThatTheServiceSaysToo() {
        ITEM.on("/api/v1/items/says-all", (request, response) -> {
            response.header(
                            "x-request-id",
                            String.valueOf(request.requestHeaders().get("x-request-id")))
                    .header("Cache-Control", "private, no-cache")
                    .header("Server", "secret/1.0")
                    .header("ETag", "\"1\"");
            SECURITY.forEach(name -> response.header(name, "of-the-service"));
            return response.sendString(Mono.just("{}")).then();
        });

        ann().get()
                .uri("/api/v1/items/says-all")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("Cache-Control", "private, no-cache")
                .expectHeader()
                .valueEquals("ETag", "\"1\"")
                .expectHeader()
                .doesNotExist("Server")
                .expectHeader()
                .values("x-request-id", ids -> assertThat(ids).hasSize(1))
                .expectHeader()
                .values("X-Content-Type-Options", values -> assertThat(values).hasSize(1))
                .expectHeader()
                .values("X-Frame-Options", values -> assertThat(values).hasSize(1))
                .expectHeader()
                .values("Referrer-Policy", values -> assertThat(values).hasSize(1))
                .expectHeader()
                .values("X-XSS-Protection", values -> assertThat(values).hasSize(1));
    }

    @Test
    void protectsEveryAnswer() {
        for (String path : List.of("/api/v1/items/6b01", "/nope", "/health")) {
            ann().get()
                    .uri(path)
                    .exchange()
                    .expectHeader()
                    .valueEquals("X-Content-Type-Options", "nosniff")
                    .expectHeader()
                    .valueEquals("X-Frame-Options", "DENY")
                    .expectHeader()
                    .valueEquals("Referrer-Policy", "no-referrer");
        }
    }

    @Test
    void keepsWhatDescribesOneConnectionOnly() {
        StubService.Seen seen = seenBy(ann().get()
                .uri("/api/v1/items/6b01")
                .header("Connection", "keep-alive, x-mine")
                .header("Keep-Alive", "timeout=5")
                .header("x-mine", "1")
                .header("TE", "trailers")
                .header("Proxy-Authorization", "Basic Zm9vOmJhcg==")
                .header("x-yours", "2"));

        assertThat(seen.headers())
                .doesNotContainKeys("keep-alive", "x-mine", "te", "proxy-authorization", "connection")
                .containsEntry("x-yours", "2");
    }

    @Test
    void tellsTheServiceTheAddressThatTheClientUsed() {
        StubService.Seen seen =
                seenBy(ann().get().uri("/api/v1/items/6b01").header(HttpHeaders.HOST, "data.example.org:8443"));

        assertThat(seen.headers())
                .containsEntry("host", "data.example.org:8443")
                .containsEntry("x-forwarded-for", "127.0.0.1")
                .doesNotContainKeys("x-forwarded-proto", "x-forwarded-host", "forwarded");
    }

    @Test
    void passesOnWhatATrustedProxyInFrontSays() {
        Map<String, String> seen = seenBy(ann().get()
                        .uri("/api/v1/items/6b01")
                        .header("X-Forwarded-Proto", "https")
                        .header("X-Forwarded-Host", "data.example.org")
                        .header("X-Forwarded-Prefix", "/sluice")
                        .header("X-Forwarded-For", "198.51.100.66, 192.0.2.7, 127.0.0.9"))
                .headers();

        assertThat(seen)
                .containsEntry("host", "data.example.org")
                .containsEntry("x-forwarded-proto", "https")
                .containsEntry("x-forwarded-prefix", "/sluice")
                .containsEntry("x-forwarded-for", "192.0.2.7")
                .doesNotContainKeys("x-forwarded-host", "forwarded");
    }

    @Test
    void theStandardHeaderWins() {
        Map<String, String> seen = seenBy(ann().get()
                        .uri("/api/v1/items/6b01")
                        .header("X-Forwarded-Host", "other.example.org")
                        .header("X-Forwarded-For", "198.51.100.66")
                        .header("Forwarded", "for=192.0.2.7;proto=https;host=data.example.org"))
                .headers();

        assertThat(seen)
                .containsEntry("host", "data.example.org")
                .containsEntry("x-forwarded-proto", "https")
                .containsEntry("x-forwarded-for", "192.0.2.7")
                .doesNotContainKeys("x-forwarded-host", "forwarded");
    }

    @Test
    void answersAClientOfTheFirstHttp() throws Exception {
        RawHttp.Answer answer =
                RawHttp.to(port()).send("GET /api/v1/items/6b01 HTTP/1.0\r\nAuthorization: Bearer " + ANN + "\r\n\r\n");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("transfer-encoding")).isEmpty();
        assertThat(answer.body()).contains("\"service\":\"item-service\"");
    }

    @Test
    void takesHeadersInUtf8() throws Exception {
        RawHttp.Answer answer = RawHttp.to(port())
                .send(
                        "GET /api/v1/items/6b01 HTTP/1.1\r\nHost: gate\r\nx-note: gr\u00fc\u00df \u4e2d\r\nAuthorization: Bearer "
                                + ANN + "\r\nConnection: close\r\n\r\n");

        assertThat(answer.status()).isEqualTo(200);
    }

    private static EntityExchangeResult<StubService.Seen> whole(WebTestClient.RequestHeadersSpec<?> request) {
        return request.exchange()
                .expectStatus()
                .isOk()
                .expectBody(StubService.Seen.class)
                .returnResult();
    }

    private static StubService.Seen body(EntityExchangeResult<StubService.Seen> result) {
        StubService.Seen body = result.getResponseBody();
        if (body == null) {
            throw new AssertionError("No body");
        }
        return body;
    }
}
