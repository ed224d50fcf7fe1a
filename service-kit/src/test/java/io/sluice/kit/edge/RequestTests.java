package io.sluice.kit.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kit.web.ETag;
import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

class RequestTests extends EdgeContract {

    @Test
    void keepsTheRequestIdThatCameWithARequest() {
        ann().get()
                .uri("/api/v1/request-id")
                .header("x-request-id", "Ab-1.2_c")
                .exchange()
                .expectHeader()
                .valueEquals("x-request-id", "Ab-1.2_c")
                .expectBody(String.class)
                .isEqualTo("Ab-1.2_c");
    }

    @Test
    void givesARequestAnIdThatHasNone() {
        var answer = ann().get()
                .uri("/api/v1/request-id")
                .exchange()
                .expectBody(String.class)
                .returnResult();

        assertThat(answer.getResponseBody()).matches("[0-9a-f-]{36}");
        assertThat(answer.getResponseHeaders().getFirst("x-request-id")).isEqualTo(answer.getResponseBody());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a b",
                "a;b",
                "<script>",
                "ü",
                "0123456789012345678901234567890123456789012345678901234567890123456789"
            })
    void replacesARequestIdThatIsNotFitForALogLine(String given) {
        ann().get()
                .uri("/api/v1/request-id")
                .header("x-request-id", given)
                .exchange()
                .expectHeader()
                .value("x-request-id", id -> assertThat(id).matches("[0-9a-f-]{36}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"//api/v1/things/7", "/api/v1//things/7", "/api/v1///things//7"})
    void takesSlashesInARowForOne(String path) throws IOException {
        String answer = get(path);

        assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("{\"id\":\"7\"}");
    }

    @Test
    void leavesSlashesInAQueryAlone() throws IOException {
        String answer = get("//api/v1/neighbour?path=//things//good");

        assertThat(answer).startsWith("HTTP/1.1 503 ");
        assertThat(get("//api/v1/neighbour?path=/things/good")).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @CsvSource({
        "a%2Fb, a/b",
        "a%2F%2Fb%20c, a//b c",
        "100%25, 100%",
        "a%3Bb, a;b",
        "a%7Cb, a|b",
        "%C3%BC, ü",
        "a+b, a+b"
    })
    void takesEveryCharacterInAName(String encoded, String name) throws IOException {
        assertThat(get("//api/v1/things/" + encoded)).endsWith("{\"id\":\"" + name + "\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/api/v1/../v1/things/7", "/api/v1/things/%00", "/api/v1/things/a%0Ab", "/api/v1/./things/7"})
    void refusesAPathThatPlaysTricks(String path) throws IOException {
        assertThat(get(path)).startsWith("HTTP/1.1 400 ").contains("/problems/malformed-request", "\"message\"");
    }

    @Test
    void refusesAMethodNobodyUses() throws IOException {
        String answer = RawHttp.exchange(
                port(), "TRACE /api/v1/things/7 HTTP/1.1\nHost: localhost\nConnection: close", out -> {});

        assertThat(answer)
                .startsWith("HTTP/1.1 405 ")
                .contains("\r\nAllow: GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS\r\n")
                .contains("/problems/method-not-allowed", "\"message\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Host: a\nHost: b", "Host:", "Host: a b", "Host: a/b", "Host: u@a", "Host: a:99999", "X: y"})
    void wantsOneHost(String hosts) throws IOException {
        String answer =
                RawHttp.exchange(port(), "GET /api/v1/address HTTP/1.1\nConnection: close\n" + hosts, out -> {});

        assertThat(answer).startsWith("HTTP/1.1 400 ").contains("/problems/malformed-request", "Host");
    }

    @Test
    void readsWhatNobodyHasPacked() {
        ann().post()
                .uri("/api/v1/things")
                .header("Content-Type", "application/json")
                .header("Content-Encoding", "gzip")
                .bodyValue("{}")
                .exchange()
                .expectStatus()
                .isEqualTo(415)
                .expectHeader()
                .valueEquals("Accept-Encoding", "identity")
                .expectBody()
                .jsonPath("$.type")
                .isEqualTo("/problems/unsupported-media-type");
    }

    @Test
    void readsNoKeyTwice() {
        ann().post()
                .uri("/api/v1/things")
                .header("Content-Type", "application/json")
                .bodyValue("{\"name\":\"a\",\"size\":1,\"name\":\"b\"}")
                .exchange()
                .expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.message")
                .value(message -> assertThat((String) message).contains("\"name\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "\"open", "W/", ";", "\\", "", ","})
    void saysWhatAnEntityTagLooksLike(String tags) {
        for (String condition : new String[] {"If-Match", "If-None-Match"}) {
            ann().get()
                    .uri("/api/v1/things/7")
                    .header(condition, tags)
                    .exchange()
                    .expectStatus()
                    .isBadRequest()
                    .expectBody()
                    .jsonPath("$.message")
                    .value(message -> assertThat((String) message).startsWith(condition));
        }
    }

    @Test
    void sortsNoEndlessListOfTypes() {
        String types = "application/x-none;q=0.1, ".repeat(50) + "*/*";

        ann().get()
                .uri("/api/v1/things/7")
                .header("Accept", types)
                .exchange()
                .expectStatus()
                .isEqualTo(406)
                .expectBody()
                .jsonPath("$.message")
                .value(message -> assertThat((String) message).contains("at most 50", "application/json"));
    }

    @Test
    void comparesThousandTags() {
        String tags = IntStream.range(0, 1000)
                .mapToObj(number -> "\"" + number + "\"")
                .collect(Collectors.joining(", "));

        ann().get()
                .uri("/api/v1/things/7")
                .header("If-None-Match", tags)
                .exchange()
                .expectStatus()
                .isOk();
    }

    @Test
    void opensTheInsideToNobodyByATrick() throws IOException {
        for (String path : new String[] {
            "//internal/things",
            "/internal//things",
            "/%69nternal/things",
            "/api/../internal/things",
            "/internal;x/things"
        }) {
            String answer = RawHttp.exchange(
                    port(), "GET " + path + " HTTP/1.1\nHost: localhost\nConnection: close", out -> {});

            assertThat(answer).as(path).matches("(?s)HTTP/1.1 40[01] .*");
        }
    }

    @Test
    void namesThePathThatTheProblemIsAbout() throws IOException {
        assertThat(get("//api//v1/nothing%20here")).contains("\"instance\":\"/api/v1/nothing%20here\"");
    }

    @Test
    void answersNotModifiedToWhoHasTheLatest() {
        String tag = ETag.of("7", 1).value();
        ann().get().uri("/api/v1/things/7").exchange().expectHeader().valueEquals("ETag", tag);

        assertThat(tag).matches("\"[\\w-]+\"");
        ann().get()
                .uri("/api/v1/things/7")
                .header("If-None-Match", "\"other\", W/" + tag)
                .exchange()
                .expectStatus()
                .isNotModified()
                .expectHeader()
                .valueEquals("ETag", tag)
                .expectBody()
                .isEmpty();
        ann().get()
                .uri("/api/v1/things/8")
                .header("If-None-Match", tag)
                .exchange()
                .expectStatus()
                .isOk();
    }

    @Test
    void changesOnlyTheVersionThatTheClientKnows() {
        String tag = ETag.of("7", 1).value();

        deleteIfMatch("\"stale\"").expectStatus().isEqualTo(412);
        deleteIfMatch("W/" + tag).expectStatus().isEqualTo(412);
        deleteIfMatch("\"stale\", " + tag).expectStatus().isOk();
        deleteIfMatch("*").expectStatus().isOk();
        ann().delete().uri("/api/v1/things/7").exchange().expectStatus().isOk();
    }

    private ResponseSpec deleteIfMatch(String tags) {
        return ann().delete().uri("/api/v1/things/7").header("If-Match", tags).exchange();
    }

    @Test
    void linksToTheAddressThatTheClientUsed() {
        ann().get()
                .uri("/api/v1/address")
                .exchange()
                .expectBody(String.class)
                .isEqualTo("http://127.0.0.1:" + port() + "/api/v1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Forwarded         | host=data.example.org;proto=https       |                  |       | https://data.example.org/api/v1",
                "Forwarded         | host=\"data.example.org:8443\";proto=https |               |       | https://data.example.org:8443/api/v1",
                "X-Forwarded-Host  | data.example.org                        | X-Forwarded-Proto | https | https://data.example.org/api/v1",
                "X-Forwarded-Host  | data.example.org:444                    | X-Forwarded-Proto | https | https://data.example.org:444/api/v1",
            })
    void linksToTheAddressThatAProxySays(String name, String value, String name2, String value2, String address) {
        var request = ann().get().uri("/api/v1/address").header(name, value);
        if (name2 != null) {
            request.header(name2, value2);
        }

        request.exchange().expectBody(String.class).isEqualTo(address);
    }

    private String get(String path) throws IOException {
        return RawHttp.exchange(
                port(),
                "GET " + path + " HTTP/1.1\nHost: localhost\nConnection: close\nAuthorization: Bearer "
                        + TOKENS.of("ann@example.org"),
                out -> {});
    }
}
