package io.sluice.gateway.compression;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.gateway.AtTheGate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

class CompressionTests extends AtTheGate {

    private static final String TEXT = "{\"text\":\"" + "x".repeat(4_000) + "\"}";
    private static final String LIST = "/api/v1/items/compressed";
    private static final String SHORT = "/api/v1/items/short";
    private static final String MEDIA = "/api/v1/items/compressed/stream";
    private static final String TOKEN = "/oauth2/compressed";

    @BeforeAll
    static void theServicesAnswer() {
        answer(LIST, "application/json", TEXT, false);
        answer(SHORT, "application/json", "{}", false);
        answer(MEDIA, "application/json", TEXT, true);
        AUTH.on(
                TOKEN,
                (request, response) -> response.header("Content-Type", "application/json")
                        .sendString(Mono.just(TEXT))
                        .then());
    }

    private static void answer(String path, String type, String body, boolean inRanges) {
        ITEM.on(path, (request, response) -> {
            response.header("Content-Type", type).header("ETag", "\"v1\"").header("Vary", "Accept");
            if (inRanges) {
                response.header("Accept-Ranges", "bytes");
            }
            if ("\"v1\"".equals(request.requestHeaders().get("If-None-Match"))) {
                return response.status(304).send();
            }
            String wanted = request.requestHeaders().get("If-Match");
            if (wanted != null && !wanted.equals("\"v1\"")) {
                return response.status(412).send();
            }
            return response.header("Content-Length", String.valueOf(body.length()))
                    .sendString(Mono.just(body))
                    .then();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "gzip, deflate", "gzip;q=0.5", "br, gzip, deflate, zstd", "deflate;q=0.1, gzip"})
    void aLongTextIsCompressedForWhoTakesIt(String codings) throws IOException {
        EntityExchangeResult<byte[]> answer = get(LIST, codings, null);

        assertThat(answer.getResponseHeaders().getFirst("Content-Encoding")).isEqualTo("gzip");
        assertThat(body(answer).length).isLessThan(200);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(body(answer))).readAllBytes())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(TEXT);
        assertThat(answer.getResponseHeaders().getETag()).isEqualTo("\"v1+gzip\"");
        assertThat(answer.getResponseHeaders().getVary()).contains("Accept", "Accept-Encoding");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "identity", "gzip;q=0", "br", "deflate, gzip;q=0.5", "snappy, gzip", ";;,=", "*"})
    void whoDoesNotTakeItGetsItAsItIs(String codings) {
        EntityExchangeResult<byte[]> answer = get(LIST, codings, null);

        assertThat(body(answer)).asString(StandardCharsets.UTF_8).isEqualTo(TEXT);
        assertThat(answer.getResponseHeaders().getETag()).isEqualTo("\"v1\"");
        assertThat(answer.getResponseHeaders().getVary()).contains("Accept-Encoding");
    }

    @ParameterizedTest
    @ValueSource(strings = {SHORT, MEDIA, TOKEN})
    void whatIsShortOrMediaOrSecretStaysAsItIs(String path) {
        EntityExchangeResult<byte[]> answer = get(path, "gzip", null);

        assertThat(answer.getResponseHeaders().containsHeader("Content-Encoding"))
                .isFalse();
        assertThat(body(answer)).asString(StandardCharsets.UTF_8).startsWith("{");
        assertThat(answer.getResponseHeaders().getVary()).doesNotContain("Accept-Encoding");
    }

    @Test
    void theHeadSaysWhatTheWholeWouldSay() {
        EntityExchangeResult<byte[]> head = ann().method(HttpMethod.HEAD)
                .uri(LIST)
                .header(HttpHeaders.ACCEPT_ENCODING, "gzip")
                .exchange()
                .expectBody()
                .returnResult();

        assertThat(head.getResponseHeaders().getETag()).isEqualTo("\"v1+gzip\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"\"v1+gzip\" | \"v1+gzip\"", "\"v1\" | \"v1\""})
    void whoHasACopyIsToldSoByItsTag(String known, String told) {
        EntityExchangeResult<byte[]> answer = get(LIST, "gzip", known);

        assertThat(answer.getStatus().value()).isEqualTo(304);
        assertThat(answer.getResponseHeaders().getETag()).isEqualTo(told);
    }

    @Test
    void theTagOfACompressedCopyIsGoodForAChange() {
        ann().patch()
                .uri(LIST)
                .header(HttpHeaders.IF_MATCH, "\"v1+gzip\"")
                .bodyValue("{}")
                .exchange()
                .expectStatus()
                .isOk();
        ann().patch()
                .uri(LIST)
                .header(HttpHeaders.IF_MATCH, "\"v0+gzip\"")
                .bodyValue("{}")
                .exchange()
                .expectStatus()
                .isEqualTo(412);
    }

    /** A client that shows what came over the wire. */
    @Override
    protected WebTestClient ann() {
        return WebTestClient.bindToServer(
                        new ReactorClientHttpConnector(HttpClient.create().compress(false)))
                .baseUrl(at("").toString())
                .defaultHeaders(headers -> headers.setBearerAuth(ANN))
                .build();
    }

    private EntityExchangeResult<byte[]> get(String path, String codings, @Nullable String known) {
        return ann().method(HttpMethod.GET)
                .uri(path)
                .headers(headers -> {
                    headers.set(HttpHeaders.ACCEPT_ENCODING, codings);
                    if (known != null) {
                        headers.set(HttpHeaders.IF_NONE_MATCH, known);
                    }
                })
                .exchange()
                .expectBody()
                .returnResult();
    }

    private static byte[] body(EntityExchangeResult<byte[]> answer) {
        return Objects.requireNonNull(answer.getResponseBody());
    }
}
