package io.sluice.datasetservice;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kit.testing.Operation;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;
import org.springframework.web.util.pattern.PathPatternParser;
import tools.jackson.databind.JsonNode;

/** What answers say about where they belong, and what resources say about themselves. */
abstract class LinksContract extends ApiContract {

    private static final List<Operation> OPERATIONS = Operation.below("io.sluice.datasetservice").stream()
            .filter(Operation::isPublicPath)
            .toList();

    private final String ann = person("ann");
    private final String bob = person("bob");

    @Test
    void aDatasetNamesItselfItsListAndWhatDescribesIt() {
        String path = "/api/v1/datasets/" + dataset(ann, project(ann));

        String expected = link("/api/v1/docs/openapi.json", "describedby") + ", " + link(path, "self") + ", "
                + link("/api/v1/datasets", "collection");
        get(ann, path).expectStatus().isOk().expectHeader().valueEquals(HttpHeaders.LINK, expected);
        patch(ann, path, Map.of("name", unique("renamed")))
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals(HttpHeaders.LINK, expected);
    }

    @Test
    void aListNamesItselfWithAllThatItWasAskedFor() {
        String path = "/api/v1/datasets?projects=" + project(ann) + "&name=x";

        get(ann, path)
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals(
                        HttpHeaders.LINK, link("/api/v1/docs/openapi.json", "describedby") + ", " + link(path, "self"));
    }

    @Test
    void aRecipeIsInTheListOfAll() {
        JsonNode dataset = json(get(ann, "/api/v1/datasets/" + dataset(ann, project(ann))));
        String path = "/api/v1/recipes/"
                + dataset.path("metadata")
                        .path("system")
                        .path("recipes")
                        .path(0)
                        .stringValue();

        get(ann, path)
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals(
                        HttpHeaders.LINK,
                        String.join(
                                ", ",
                                link("/api/v1/docs/openapi.json", "describedby"),
                                link(path, "self"),
                                link("/api/v1/recipes", "collection")));
    }

    static Stream<String> paths() {
        return OPERATIONS.stream().map(Operation::path).distinct();
    }

    @ParameterizedTest
    @MethodSource("paths")
    void everyResourceSaysExactlyWhatItCanDo(String template) {
        String path = template.replaceAll("\\{[^}]*}", "6b0183990000000000001001");
        Set<String> expected = new HashSet<>(Set.of("OPTIONS"));
        for (Operation operation : OPERATIONS) {
            if (PathPatternParser.defaultInstance.parse(operation.path()).matches(PathContainer.parsePath(path))) {
                expected.add(operation.method().name());
            }
        }
        if (expected.contains("GET")) {
            expected.add("HEAD");
        }

        HttpMethod impossible = Stream.of(HttpMethod.PUT, HttpMethod.DELETE, HttpMethod.POST)
                .filter(method -> !expected.contains(method.name()))
                .findFirst()
                .orElseThrow();

        HttpHeaders told =
                headers(as(ann).options().uri(path).exchange().expectStatus().isOk());
        HttpHeaders refused = headers(
                as(ann).method(impossible).uri(path).exchange().expectStatus().isEqualTo(405));

        assertThat(methods(told)).isEqualTo(expected);
        assertThat(methods(refused)).isEqualTo(expected);
        assertThat(told.containsHeader(HttpHeaders.ACCEPT_PATCH)).isEqualTo(expected.contains("PATCH"));
    }

    @Test
    void whatAResourceCanDoDoesNotTellWhetherItIsThere() {
        String mine = "/api/v1/datasets/" + dataset(ann, project(ann));
        String nobodys = "/api/v1/datasets/6b0183990000000000001001";

        assertThat(allowed(bob, mine)).isEqualTo(allowed(bob, nobodys)).isEqualTo(allowed(ann, mine));
        for (String path : List.of(mine, nobodys, "/api/v1/nothing")) {
            anonymous()
                    .options()
                    .uri(path)
                    .exchange()
                    .expectStatus()
                    .isUnauthorized()
                    .expectHeader()
                    .doesNotExist(HttpHeaders.ALLOW);
        }
    }

    @Test
    void theServiceTellsItsLimits() {
        JsonNode limits = Objects.requireNonNull(anonymous()
                .get()
                .uri("/internal/limits.json")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(JsonNode.class)
                .returnResult()
                .getResponseBody());

        assertThat(limits)
                .extracting(limit -> limit.path("name").stringValue() + " "
                        + limit.path("value").asLong() + " "
                        + limit.path("unit").stringValue())
                .contains(
                        "body 8388608 bytes",
                        "page-size 1000 entries",
                        "project-name 250 characters",
                        "dataset-metadata 2097152 bytes",
                        "dataset-query-time 10000 milliseconds");
    }

    private String link(String path, String relation) {
        return "<" + address() + path + ">; rel=\"" + relation + "\"";
    }

    private Set<String> allowed(String email, String path) {
        return methods(
                headers(as(email).options().uri(path).exchange().expectStatus().isOk()));
    }

    private static Set<String> methods(HttpHeaders headers) {
        return Set.of(
                Objects.requireNonNull(headers.getFirst(HttpHeaders.ALLOW)).split(", "));
    }

    private static HttpHeaders headers(ResponseSpec answer) {
        return answer.expectBody().returnResult().getResponseHeaders();
    }
}
