package io.sluice.kit.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;

/** What a cache is told about the answer to a read that says nothing about itself (RFC 9110 §8.8, §13; RFC 9111). */
class CachingTests extends EdgeContract {

    private static final String LIST = "/api/v1/things";
    private static final int MORE_THAN_A_MEBIBYTE = 40_000;

    @Test
    void tagsAListByWhatIsInIt() {
        EntityExchangeResult<String> list = get(LIST);
        HttpHeaders headers = list.getResponseHeaders();

        assertThat(headers.getETag()).matches("W/\"[\\w-]{22}\"");
        assertThat(headers.getCacheControl()).contains("private").contains("no-cache");
        assertThat(headers.getVary()).containsOnlyOnce("Accept");
        assertThat(headers.getContentLength())
                .isEqualTo(String.valueOf(list.getResponseBody()).length());
        assertThat(tag("/api/v1/many?count=1")).isNotEqualTo(tag("/api/v1/many?count=2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "\"other\", %s", "W/\"other\",%s,\"third\"", "*"})
    void leavesAListAwayThatTheClientHas(String known) {
        String tag = tag(LIST);

        EntityExchangeResult<String> unchanged = get(LIST, "If-None-Match", known.formatted(tag));

        assertThat(unchanged.getStatus()).isEqualTo(HttpStatus.NOT_MODIFIED);
        assertThat(unchanged.getResponseBody()).isNull();
        HttpHeaders headers = unchanged.getResponseHeaders();
        assertThat(headers.getETag()).isEqualTo(tag);
        assertThat(headers.getCacheControl()).contains("private").contains("no-cache");
        assertThat(headers.getVary()).containsOnlyOnce("Accept");
        assertThat(headers.getContentType()).isNull();
        assertThat(headers.containsHeader("Link")).isFalse();
    }

    @Test
    void comparesTagsWeakly() {
        String strong = tag(LIST).substring("W/".length());

        assertThat(get(LIST, "If-None-Match", strong).getStatus()).isEqualTo(HttpStatus.NOT_MODIFIED);
        assertThat(get(LIST, "If-None-Match", "\"other\"").getStatus()).isEqualTo(HttpStatus.OK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"W/\"*\"", "\"*\""})
    void takesAStarInQuotesForATag(String tag) {
        assertThat(get(LIST, "If-None-Match", tag).getStatus()).isEqualTo(HttpStatus.OK);
        assertThat(get("/api/v1/things/7", "If-None-Match", tag).getStatus()).isEqualTo(HttpStatus.OK);
        assertThat(send(ann(), HttpMethod.DELETE, "/api/v1/things/7", "If-Match", tag)
                        .getStatus())
                .isEqualTo(HttpStatus.PRECONDITION_FAILED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/xml", "application/x-ndjson", "text/csv"})
    void givesEachFormOfAListATagOfItsOwn(String form) {
        String tag =
                String.valueOf(get(LIST, "Accept", form).getResponseHeaders().getETag());

        assertThat(tag).startsWith("W/\"").endsWith('+' + form.split("/", 2)[1] + '"');
        EntityExchangeResult<String> unchanged = get(LIST, "Accept", form, "If-None-Match", tag);
        assertThat(unchanged.getStatus()).isEqualTo(HttpStatus.NOT_MODIFIED);
        assertThat(unchanged.getResponseHeaders().getETag()).isEqualTo(tag);
        assertThat(get(LIST, "Accept", form, "If-None-Match", tag(LIST)).getStatus())
                .isEqualTo(HttpStatus.OK);
        assertThat(get(LIST, "If-None-Match", tag).getStatus()).isEqualTo(HttpStatus.OK);
    }

    @Test
    void tellsTheSameAboutTheHeadersAlone() {
        EntityExchangeResult<String> head = send(ann(), HttpMethod.HEAD, LIST);

        assertThat(head.getResponseHeaders().getETag()).isEqualTo(tag(LIST));
        assertThat(head.getResponseHeaders().getContentLength())
                .isEqualTo(get(LIST).getResponseHeaders().getContentLength());
        assertThat(send(ann(), HttpMethod.HEAD, LIST, "If-None-Match", tag(LIST))
                        .getStatus())
                .isEqualTo(HttpStatus.NOT_MODIFIED);
    }

    @Test
    void makesNoTagOfWhoAsks() {
        WebTestClient ben = client(TOKENS.of("ben@example.org"));

        assertThat(send(ben, HttpMethod.GET, LIST).getResponseHeaders().getETag())
                .isEqualTo(tag(LIST));
        assertThat(send(ben, HttpMethod.GET, "/api/v1/caller", "If-None-Match", tag("/api/v1/caller"))
                        .getResponseBody())
                .contains("ben@example.org");
    }

    @Test
    void sendsALongListAsItComes() {
        WebTestClient patient = ann().mutate()
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(8 * 1024 * 1024))
                .build();
        EntityExchangeResult<String> list = send(patient, HttpMethod.GET, "/api/v1/many?count=" + MORE_THAN_A_MEBIBYTE);

        assertThat(list.getResponseBody())
                .startsWith("[{\"role\":\"member-0\"")
                .endsWith("\"member-" + (MORE_THAN_A_MEBIBYTE - 1) + "\",\"colour\":null}]");
        assertThat(list.getResponseHeaders().getETag()).isNull();
        assertThat(list.getResponseHeaders().getContentLength()).isEqualTo(-1);
        assertThat(list.getResponseHeaders().getCacheControl()).contains("private", "no-cache");
    }

    @Test
    void tellsAProblemWhenAShortListBreaksOff() {
        WebTestClient.ResponseSpec broken =
                ann().get().uri("/api/v1/many?count=9&thereAre=3").exchange();

        broken.expectHeader().doesNotExist("ETag");
        assertProblem(broken, 500, "internal", "/api/v1/many");
    }

    @Test
    void leavesWhatNobodyMayKeepAsItIs() {
        HttpHeaders headers = get("/api/v1/secret", "If-None-Match", "\"x\"").getResponseHeaders();

        assertThat(headers.getCacheControl()).isEqualTo("no-store");
        assertThat(headers.getETag()).isNull();
    }

    @Test
    void leavesTagsOfOperationsAndBytesOfItemsAlone() {
        assertThat(tag("/api/v1/things/7")).startsWith("\"");
        assertThat(tag("/api/v1/file")).isEqualTo("\"file\"");
    }

    @Test
    void tagsNothingThatServicesTellEachOther() {
        assertThat(get("/internal/things").getResponseHeaders().getETag()).isNull();
    }

    private String tag(String path) {
        return String.valueOf(get(path).getResponseHeaders().getETag());
    }

    private EntityExchangeResult<String> get(String path, String... headers) {
        return send(ann(), HttpMethod.GET, path, headers);
    }

    /** @param headers names and values in turn */
    private static EntityExchangeResult<String> send(
            WebTestClient who, HttpMethod method, String path, String... headers) {
        WebTestClient.RequestHeadersSpec<?> request = who.method(method).uri(path);
        for (int index = 0; index < headers.length; index += 2) {
            request = request.header(headers[index], headers[index + 1]);
        }
        return request.exchange().expectBody(String.class).returnResult();
    }
}
