package io.sluice.gateway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.AtTheGate;
import io.sluice.gateway.StubService;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

class DocsTests extends AtTheGate {

    private static final Pattern LINK = Pattern.compile("(?:src|href)=\"([^\"]+)\"");

    @BeforeAll
    static void theServicesDescribeThemselves() {
        describes(AUTH, "/token");
        describes(DATASET, "/api/v1/projects");
        describes(ITEM, "/api/v1/items/{itemId}");
        describes(MODEL, "/api/v1/ml/models");
    }

    @Test
    void oneDocumentDescribesThePlatformToEverybody() {
        String document = eventually("\"/api/v1/projects\"");

        assertThat(document)
                .contains("\"openapi\":\"3.1.0\"", "\"/token\"", "\"/api/v1/items/{itemId}\"", "\"/health\"")
                .contains("\"servers\":[{\"url\":\"" + at("") + "\"}]")
                .doesNotContain("/internal", "Not complete");
    }

    @Test
    void theServerIsWhereTheClientCameIn() {
        eventually("\"openapi\"");

        stranger()
                .get()
                .uri("/api/v1/docs/openapi.json")
                .header("X-Forwarded-Proto", "https")
                .header("X-Forwarded-Host", "data.example.org")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.servers[0].url")
                .isEqualTo("https://data.example.org");
    }

    @Test
    void theDocumentSaysWhatIsMissing() {
        // Nobody has asked for a while when a service goes: what is remembered must be forgotten first.
        isSilent(ITEM);

        String document = eventually("Not complete at the moment");

        assertThat(document).contains("item-service cannot be asked").contains("\"/api/v1/projects\"");
        describes(ITEM, "/api/v1/items/{itemId}");
    }

    @Test
    void thereIsNoDocumentOfAPlatformThatIsSilent() {
        Stream.of(AUTH, DATASET, ITEM, MODEL).forEach(DocsTests::isSilent);

        String problem = eventually("No part of the platform");

        assertThat(problem).contains("\"status\":503");
        theServicesDescribeThemselves();
    }

    @Test
    void anUnchangedDocumentIsNotSentAgain() {
        eventually("\"openapi\"");

        EntityExchangeResult<byte[]> first = stranger()
                .get()
                .uri("/api/v1/docs/openapi.json")
                .exchange()
                .expectHeader()
                .contentType(MediaType.APPLICATION_JSON)
                .expectBody()
                .returnResult();
        String tag = Objects.requireNonNull(first.getResponseHeaders().getETag());

        stranger()
                .get()
                .uri("/api/v1/docs/openapi.json")
                .header(HttpHeaders.IF_NONE_MATCH, tag)
                .exchange()
                .expectStatus()
                .isNotModified();
    }

    @Test
    void everythingThePageNeedsIsHere() {
        String page = text("/api/v1/docs");

        assertThat(page).contains("<title>Sluice API</title>");
        assertThat(LINK.matcher(page).results().map(link -> link.group(1)))
                .isNotEmpty()
                .allSatisfy(link -> stranger()
                        .get()
                        .uri("/api/v1/" + link)
                        .exchange()
                        .expectStatus()
                        .isOk()
                        .expectHeader()
                        .valueEquals("X-Content-Type-Options", "nosniff")
                        .expectHeader()
                        .exists(HttpHeaders.ETAG));
    }

    @Test
    void thePageMayLoadNothingFromElsewhere() {
        stranger()
                .get()
                .uri("/api/v1/docs")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .value(
                        "Content-Security-Policy",
                        policy -> assertThat(policy)
                                .startsWith("default-src 'none'; script-src 'self';")
                                .doesNotContain("http"));
    }

    @Test
    void thePageIsAlsoFoundWithASlash() {
        stranger()
                .get()
                .uri("/api/v1/docs/")
                .exchange()
                .expectStatus()
                .isEqualTo(308)
                .expectHeader()
                .location(at("/api/v1/docs").toString());
    }

    @Test
    void otherFilesAreNotThere() {
        for (String path : new String[] {"/api/v1/docs/nope.js", "/api/v1/docs/index.html", "/api/v1/docs/a/b"}) {
            stranger().get().uri(path).exchange().expectStatus().isNotFound();
        }
    }

    private static void isSilent(StubService service) {
        service.on(
                "/internal/openapi.json",
                (request, response) -> response.status(503).send());
    }

    private static void describes(StubService service, String path) {
        service.on(
                "/internal/openapi.json",
                (request, response) -> response.header("Content-Type", "application/json")
                        .sendString(Mono.just("{\"openapi\":\"3.1.0\",\"paths\":{\"" + path
                                + "\":{\"get\":{\"operationId\":\"get\"}},\"/internal/x\":{\"get\":{}}}}"))
                        .then());
    }

    private String text(String path) {
        return new String(
                Objects.requireNonNull(stranger()
                        .get()
                        .uri(path)
                        .exchange()
                        .expectStatus()
                        .isOk()
                        .expectBody()
                        .returnResult()
                        .getResponseBody()),
                StandardCharsets.UTF_8);
    }

    /** The first document that holds the text; the gate remembers the last one for half a minute. */
    private String eventually(String text) {
        return Objects.requireNonNull(Flux.interval(Duration.ZERO, Duration.ofSeconds(1))
                .onBackpressureDrop()
                .concatMap(tick -> HttpClient.newConnection()
                        .get()
                        .uri(at("/api/v1/docs/openapi.json"))
                        .responseContent()
                        .aggregate()
                        .asString())
                .filter(document -> document.contains(text))
                .blockFirst(Duration.ofSeconds(90)));
    }
}
