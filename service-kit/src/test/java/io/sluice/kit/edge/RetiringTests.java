package io.sluice.kit.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

class RetiringTests extends EdgeContract {

    private static final String OLD = "/api/v1/parts/old";

    @Test
    void whatGoesSaysSoAndWhatComesAfter() {
        assertGoes(ann().get().uri(OLD).exchange().expectStatus().isOk());
    }

    @Test
    void alsoAFailureSaysSo() {
        assertGoes(
                ann().get().uri(OLD + "?there=false").exchange().expectStatus().isNotFound());
    }

    @Test
    void whatStaysSaysNothing() {
        ann().get()
                .uri("/api/v1/parts")
                .exchange()
                .expectHeader()
                .doesNotExist("Deprecation")
                .expectHeader()
                .doesNotExist("Sunset");
    }

    @Test
    void theDocumentSaysItToo() {
        anonymous()
                .get()
                .uri("/internal/openapi.json")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.paths['" + OLD + "'].get.deprecated")
                .isEqualTo(true)
                .jsonPath("$.paths['/api/v1/parts'].get.deprecated")
                .doesNotExist();
    }

    private void assertGoes(ResponseSpec answer) {
        answer.expectHeader()
                .valueEquals("Deprecation", "@1767225600")
                .expectHeader()
                .valueEquals("Sunset", "Sun, 31 Jan 2027 00:00:00 GMT")
                .expectHeader()
                .value(
                        HttpHeaders.LINK,
                        link -> assertThat(link)
                                .contains("<http://127.0.0.1:" + port() + "/api/v1/parts>; rel=\"successor-version\""));
    }
}
