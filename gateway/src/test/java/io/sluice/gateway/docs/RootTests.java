package io.sluice.gateway.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.AtTheGate;
import io.sluice.gateway.StubService;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** With an address of its own, so that nothing is remembered of the documents of other tests. */
@TestPropertySource(properties = "sluice.public-url=https://data.example.org")
class RootTests extends AtTheGate {

    private static final String API = "https://data.example.org/api/v1";

    @BeforeAll
    static void theServicesDescribeThemselves() {
        describes(AUTH, "{'/token':{'post':{}},'/api/users/me':{'get':{}},'/api/v1/users/me':{'get':{}}}");
        describes(DATASET, """
                {'/api/v1/datasets':{
                   'post':{},
                   'get':{'parameters':[
                     {'name':'name','in':'query','schema':{'type':'string'}},
                     {'name':'x-trace','in':'header','schema':{'type':'string'}},
                     {'name':'projects','in':'query','schema':{'type':'array','items':{'type':'string'}}}]}},
                 '/api/v1/datasets/query':{'post':{}}}
                """);
        describes(ITEM, "{'/api/v1/items/{itemId}':{'delete':{},'get':{}},'/internal/x':{'get':{}}}");
    }

    @Test
    void everybodyFindsEverythingFromOneAddress() {
        JsonNode root = root();

        assertLink(root, "self", API, false, "GET");
        assertLink(root, "describedby", API + "/docs/openapi.json", false, "GET");
        assertLink(root, "documentation", API + "/docs", false, "GET");
        assertLink(root, "client", "https://data.example.org/sdk/sluice.js", false, "GET");
        assertLink(root, "sign-in", "https://data.example.org/token", false, "POST");
        assertLink(root, "discovery", "https://data.example.org/.well-known/openid-configuration", false, "GET");
        assertLink(root, "health", "https://data.example.org/health", false, "GET");
        assertLink(root, "limits", API + "/limits", false, "GET");
        assertLink(root, "datasets", API + "/datasets{?name,projects*}", true, "GET", "POST");
        assertLink(root, "datasets/query", API + "/datasets/query", false, "POST");
        assertLink(root, "items/{itemId}", API + "/items/{itemId}", true, "GET", "DELETE");
        assertLink(root, "users/me", API + "/users/me", false, "GET");
    }

    @Test
    void nothingThatIsDocumentedIsMissing() {
        JsonNode document = Objects.requireNonNull(stranger()
                .get()
                .uri("/api/v1/docs/openapi.json")
                .exchange()
                .expectBody(JsonNode.class)
                .returnResult()
                .getResponseBody());
        List<String> documented = document.path("paths").propertyNames().stream()
                .filter(path -> path.startsWith("/api/v1/"))
                // They have names of their own: documentation, describedby.
                .filter(path -> !path.startsWith("/api/v1/docs"))
                .map(path -> path.substring("/api/v1/".length()))
                .toList();

        assertThat(documented).contains("datasets", "items/{itemId}", "limits");
        assertThat(root().propertyNames()).containsAll(documented);
    }

    @Test
    void anUnchangedRootIsNotSentAgain() {
        EntityExchangeResult<byte[]> first = stranger()
                .get()
                .uri("/api/v1")
                .exchange()
                .expectHeader()
                .valueEquals(HttpHeaders.CACHE_CONTROL, "no-cache")
                .expectBody()
                .returnResult();

        stranger()
                .get()
                .uri("/api/v1")
                .header(
                        HttpHeaders.IF_NONE_MATCH,
                        Objects.requireNonNull(first.getResponseHeaders().getETag()))
                .exchange()
                .expectStatus()
                .isNotModified();
    }

    @Test
    void theRootSaysWhatItCanDo() {
        stranger()
                .options()
                .uri("/api/v1")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals(HttpHeaders.ALLOW, "GET, HEAD, OPTIONS");
        stranger()
                .head()
                .uri("/api/v1")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals(
                        HttpHeaders.LINK,
                        "<" + API + "/docs/openapi.json>; rel=\"describedby\", <" + API + ">; rel=\"self\"")
                .expectBody()
                .isEmpty();
        stranger()
                .post()
                .uri("/api/v1")
                .exchange()
                .expectStatus()
                .isEqualTo(405)
                .expectHeader()
                .valueEquals(HttpHeaders.ALLOW, "GET, HEAD, OPTIONS");
    }

    private JsonNode root() {
        return Objects.requireNonNull(stranger()
                .get()
                .uri("/api/v1")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(JsonNode.class)
                .returnResult()
                .getResponseBody());
    }

    private static void assertLink(JsonNode root, String name, String href, boolean templated, String... methods) {
        JsonNode link = root.path(name);
        assertThat(link.path("href").asString("")).as(name).isEqualTo(href);
        assertThat(link.path("templated").asBoolean()).as(name).isEqualTo(templated);
        assertThat(link.path("methods"))
                .as(name)
                .extracting(method -> method.asString())
                .containsExactly(methods);
    }

    private static void describes(StubService service, String paths) {
        service.on(
                "/internal/openapi.json",
                (request, response) -> response.header("Content-Type", "application/json")
                        .sendString(Mono.just("{\"openapi\":\"3.1.0\",\"paths\":" + paths.replace('\'', '"') + "}"))
                        .then());
    }
}
