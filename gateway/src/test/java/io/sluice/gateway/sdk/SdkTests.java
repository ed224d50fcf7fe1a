package io.sluice.gateway.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.AtTheGate;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.FluxExchangeResult;

class SdkTests extends AtTheGate {

    private static final Pattern LINK = Pattern.compile("(?:src|href)=\"((?!data:)[^\"]+)\"");
    private static final Pattern IMPORT = Pattern.compile("(?m)^import .* from \"([^\"]+)\"");

    @ParameterizedTest
    @CsvSource({
        "/sdk/,            text/html;charset=UTF-8",
        "/sdk/sluice.js,   text/javascript;charset=UTF-8",
        "/sdk/sluice.d.ts, application/typescript;charset=UTF-8",
        "/sdk/sample.js,   text/javascript;charset=UTF-8",
        "/sdk/sample.css,  text/css;charset=UTF-8"
    })
    void everybodyGetsTheClientAsWhatItIs(String path, String type) {
        EntityExchangeResult<byte[]> file = get(path);

        assertThat(file.getResponseHeaders().getFirst(HttpHeaders.CONTENT_TYPE)).isEqualTo(type);
        assertThat(file.getResponseHeaders().getFirst("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(file.getResponseHeaders().getCacheControl()).isEqualTo("no-cache, public");
        assertThat(file.getResponseHeaders().getETag()).startsWith("\"");
        assertThat(file.getResponseBody()).isNotEmpty();
    }

    @Test
    void headSaysWhatGetWould() {
        EntityExchangeResult<byte[]> file = get("/sdk/sluice.js");

        stranger()
                .head()
                .uri("/sdk/sluice.js")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentLength(Objects.requireNonNull(file.getResponseBody()).length)
                .expectHeader()
                .valueEquals(
                        HttpHeaders.ETAG,
                        Objects.requireNonNull(file.getResponseHeaders().getETag()))
                .expectBody()
                .isEmpty();
    }

    @Test
    void anUnchangedClientIsNotSentAgain() {
        String tag = Objects.requireNonNull(
                get("/sdk/sluice.js").getResponseHeaders().getETag());

        stranger()
                .get()
                .uri("/sdk/sluice.js")
                .header(HttpHeaders.IF_NONE_MATCH, tag)
                .exchange()
                .expectStatus()
                .isNotModified()
                .expectBody()
                .isEmpty();
    }

    @Test
    void whoHasATokenThatIsGoodNoMoreGetsItToo() {
        stranger()
                .get()
                .uri("/sdk/sluice.js")
                .header(HttpHeaders.AUTHORIZATION, "Bearer a.b.c")
                .exchange()
                .expectStatus()
                .isOk();
    }

    @Test
    void thePageRunsNothingFromElsewhereAndNoStringAsCode() {
        FluxExchangeResult<byte[]> page =
                stranger().get().uri("/sdk/").exchange().expectStatus().isOk().returnResult(byte[].class);

        assertThat(page.getResponseHeaders().getFirst("Content-Security-Policy"))
                .startsWith("default-src 'none'; script-src 'self'; style-src 'self';")
                .contains("frame-ancestors 'none'", "require-trusted-types-for 'script'")
                .doesNotContain("unsafe", "http", "*");
        assertThat(page.getResponseHeaders().getFirst("Referrer-Policy")).isEqualTo("no-referrer");
    }

    @Test
    void everythingThePageNeedsIsHere() {
        assertThat(LINK.matcher(text("/sdk/")).results().map(link -> link.group(1)))
                .contains("sample.js", "sample.css")
                .allSatisfy(link -> get("/sdk/" + link));
        assertThat(IMPORT.matcher(text("/sdk/sample.js")).results().map(module -> module.group(1)))
                .containsExactly("./sluice.js");
        assertThat(text("/sdk/sluice.js")).doesNotContainPattern(IMPORT);
    }

    @Test
    void thePageIsAlsoFoundWithoutASlash() {
        stranger()
                .get()
                .uri("/sdk")
                .header("X-Forwarded-Host", "elsewhere.example")
                .exchange()
                .expectStatus()
                .isEqualTo(308)
                .expectHeader()
                .valueEquals(HttpHeaders.LOCATION, "sdk/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/sdk/nope.js", "/sdk/index.html", "/sdk/a/b", "/sdk/..%2fgateway.yml"})
    void otherFilesAreNotThere(String path) {
        stranger().get().uri(at(path)).exchange().expectStatus().is4xxClientError();
    }

    private EntityExchangeResult<byte[]> get(String path) {
        return stranger()
                .get()
                .uri(path)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .returnResult();
    }

    private String text(String path) {
        return new String(Objects.requireNonNull(get(path).getResponseBody()), StandardCharsets.UTF_8);
    }
}
