package io.sluice.kit.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the document says of operations that say nothing themselves. */
class DocumentTests extends EdgeContract {

    @Test
    void aListIsToBeHadInAllForms() {
        JsonNode list = operation("/api/v1/parts", "get");

        assertThat(list.at("/responses/200/content").propertyNames())
                .containsExactlyInAnyOrder("application/json", "application/xml", "application/x-ndjson", "text/csv");
        assertThat(operation("/api/v1/parts/{partId}", "get")
                        .at("/responses/200/content")
                        .propertyNames())
                .containsExactlyInAnyOrder("application/json", "application/xml");
    }

    @Test
    void anOperationSaysWhomItAnswersAndWhatMayGoWrong() {
        JsonNode list = operation("/api/v1/parts", "get");
        JsonNode open = operation("/token", "post");

        assertThat(list.at("/x-permission/0").asString()).isEqualTo("signed-in");
        assertThat(list.path("description").asString()).contains("**Permission**: every user");
        assertThat(list.path("responses").propertyNames())
                .contains("200", "304", "400", "401", "403", "404", "406", "422", "429", "500", "503", "504")
                .doesNotContain("default", "412", "415", "428");
        assertThat(open.at("/x-permission/0").asString()).isEqualTo("anybody");
        assertThat(open.path("security")).isEmpty();
        assertThat(open.path("responses").propertyNames()).doesNotContain("403", "409");
    }

    @Test
    void whatCanBeReadAndPatchedTakesAJsonPatchForTheStateThatItNames() {
        JsonNode patch = operation("/api/v1/parts/{partId}", "patch");

        assertThat(patch.at("/requestBody/content").propertyNames())
                .containsExactlyInAnyOrder(
                        "application/json",
                        "application/xml",
                        "application/merge-patch+json",
                        "application/json-patch+json");
        assertThat(patch.path("responses").propertyNames()).contains("204", "412", "415", "428");
        assertThat(patch.path("parameters"))
                .extracting(parameter -> parameter.path("name").asString())
                .containsExactlyInAnyOrder("partId", "Idempotency-Key", "Prefer", "If-Match");
    }

    @Test
    void aRecordSaysWhatIsAlwaysThereAndWhatMayBeNull() {
        JsonNode page = document().at("/components/schemas/PageString");

        assertThat(page.path("required"))
                .extracting(name -> name.asString())
                .contains("items", "hasNextPage")
                .doesNotContain("totalItemsCount", "beside");
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        JsonNode document = document();

        assertThat(document.findValues("$ref"))
                .isNotEmpty()
                .extracting(reference -> reference.asString().substring(1))
                .allSatisfy(place ->
                        assertThat(document.at(place).isMissingNode()).as(place).isFalse());
    }

    private JsonNode operation(String path, String method) {
        return document().path("paths").path(path).path(method);
    }

    private JsonNode document() {
        return Objects.requireNonNull(anonymous()
                .get()
                .uri("/internal/openapi.json")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(JsonNode.class)
                .returnResult()
                .getResponseBody());
    }
}
