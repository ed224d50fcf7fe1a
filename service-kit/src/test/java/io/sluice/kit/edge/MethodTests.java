package io.sluice.kit.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

class MethodTests extends EdgeContract {

    private static final String PARTS = "/api/v1/parts";
    private static final String PATCHES = "application/json, application/merge-patch+json, application/json-patch+json";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/v1/parts         | GET, HEAD, POST, OPTIONS",
                "/api/v1/parts/7       | GET, HEAD, PATCH, DELETE, OPTIONS",
                "/api/v1/parts/unknown | GET, HEAD, PATCH, DELETE, OPTIONS",
                "/api/v1/parts/query   | GET, HEAD, POST, PATCH, DELETE, OPTIONS",
                "/api/v1/echo          | POST, OPTIONS"
            })
    void whoAsksWhatAResourceCanDoIsTold(String path, String methods) {
        ann().options()
                .uri(path)
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals(HttpHeaders.ALLOW, methods)
                .expectHeader()
                .valueEquals(HttpHeaders.CONTENT_LENGTH, "0")
                .expectBody()
                .isEmpty();
    }

    @Test
    void whatCanBePatchedSaysInWhatFormats() {
        ann().options().uri(PARTS + "/7").exchange().expectHeader().valueEquals(HttpHeaders.ACCEPT_PATCH, PATCHES);
        ann().options().uri(PARTS).exchange().expectHeader().doesNotExist(HttpHeaders.ACCEPT_PATCH);
        for (String format : List.of("application/json", "application/merge-patch+json")) {
            ann().patch()
                    .uri(PARTS + "/7")
                    .header(HttpHeaders.CONTENT_TYPE, format)
                    .bodyValue("{\"name\":null}")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .json("{\"name\":null}");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT   | /api/v1/parts/7 | GET, HEAD, PATCH, DELETE, OPTIONS",
                "PATCH | /api/v1/parts   | GET, HEAD, POST, OPTIONS",
                "GET   | /api/v1/echo    | POST, OPTIONS",
                "HEAD  | /api/v1/echo    | POST, OPTIONS"
            })
    void whoTriesAnotherMethodIsToldAllThatAreThere(String method, String path, String methods) {
        ann().method(HttpMethod.valueOf(method))
                .uri(path)
                .exchange()
                .expectStatus()
                .isEqualTo(405)
                .expectHeader()
                .valueEquals(HttpHeaders.ALLOW, methods);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1/parts", "/api/v1/parts/7", "/api/v1/caller"})
    void theHeadCanBeReadOfWhateverCanBeRead(String path) {
        HttpHeaders whole = headers(ann().get().uri(path).exchange());

        ann().head()
                .uri(path)
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentType(Objects.requireNonNull(whole.getContentType()))
                .expectHeader()
                .value(HttpHeaders.LINK, link -> assertThat(link).isEqualTo(whole.getFirst(HttpHeaders.LINK)))
                .expectBody()
                .isEmpty();
    }

    @Test
    void whoHasNoTokenLearnsNothing() {
        String of = problemOfStranger(PARTS + "/7");

        assertThat(problemOfStranger(PARTS + "/unknown")).isEqualTo(of);
        assertThat(problemOfStranger("/api/v1/nothing")).isEqualTo(of);
        assertThat(problemOfStranger("/internal/for-services")).isEqualTo(of);
    }

    @Test
    void whatIsOpenToEverybodySaysSoToEverybody() {
        anonymous()
                .options()
                .uri("/token")
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals(HttpHeaders.ALLOW, "POST, OPTIONS");
    }

    @Test
    void nobodyAnswersWhereNothingIs() {
        assertProblem(ann().options().uri("/api/v1/nothing").exchange(), 404, "not-found", "/api/v1/nothing");
    }

    private static HttpHeaders headers(ResponseSpec answer) {
        return answer.expectStatus().isOk().expectBody().returnResult().getResponseHeaders();
    }

    private String problemOfStranger(String path) {
        var answer = anonymous()
                .options()
                .uri(path)
                .exchange()
                .expectStatus()
                .isUnauthorized()
                .expectHeader()
                .doesNotExist(HttpHeaders.ALLOW)
                .expectBody()
                .returnResult();
        return new String(Objects.requireNonNull(answer.getResponseBody()), StandardCharsets.UTF_8).replace(path, "");
    }
}
