package io.sluice.kit.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

class ListsTests extends EdgeContract {

    @Test
    void answersAListAsLines() {
        HttpHeaders headers = get("/api/v1/things", "application/x-ndjson")
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .isEqualTo("{\"role\":\"owner\",\"colour\":\"RED\"}\n{\"role\":\"guest\",\"colour\":null}\n")
                .returnResult()
                .getResponseHeaders();

        assertThat(headers.getFirst("Content-Type")).isEqualTo("application/x-ndjson");
        assertThat(headers.getVary()).contains("Accept");
    }

    @Test
    void answersAListAsCsv() {
        HttpHeaders headers = get("/api/v1/things", "text/csv, */*;q=0.1")
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .isEqualTo("role,colour\r\nowner,RED\r\nguest,\r\n")
                .returnResult()
                .getResponseHeaders();

        assertThat(headers.getFirst("Content-Type")).isEqualTo("text/csv;charset=UTF-8");
        assertThat(headers.getVary()).contains("Accept");
    }

    @Test
    void givesEachFormATagOfItsOwn() {
        assertThat(tag("application/x-ndjson")).endsWith("+x-ndjson\"").isNotEqualTo(tag("text/csv"));
        ann().get()
                .uri("/api/v1/things/7")
                .header("Accept", "text/csv")
                .header("If-None-Match", tag("text/csv"))
                .exchange()
                .expectStatus()
                .isNotModified()
                .expectHeader()
                .valueEquals("ETag", tag("text/csv"));
        ann().delete()
                .uri("/api/v1/things/7")
                .header("If-Match", tag("text/csv"))
                .exchange()
                .expectStatus()
                .isOk();
    }

    @Test
    void tellsAProblemInJsonToThoseWhoAskForRows() {
        assertProblem(get("/api/v1/nowhere", "text/csv"), 404, "not-found", "/api/v1/nowhere");
        get("/api/v1/nowhere", "application/x-ndjson").expectHeader().contentType(MediaType.APPLICATION_PROBLEM_JSON);
    }

    private String tag(String accept) {
        return String.valueOf(get("/api/v1/things/7", accept)
                .returnResult(Void.class)
                .getResponseHeaders()
                .getETag());
    }

    private ResponseSpec get(String path, String accept) {
        return ann().get().uri(path).header("Accept", accept).exchange();
    }
}
