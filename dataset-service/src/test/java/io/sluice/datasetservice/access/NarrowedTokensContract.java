package io.sluice.datasetservice.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.datasetservice.ApiContract;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;
import tools.jackson.databind.JsonNode;

/** Tokens that were narrowed to scopes and projects never do more, whatever their user may do. */
abstract class NarrowedTokensContract extends ApiContract {

    private final String owner = person("owner");
    private String inside = "";
    private String outside = "";
    private String datasetInside = "";
    private String datasetOutside = "";

    @BeforeEach
    void twoProjects() {
        inside = project(owner);
        outside = project(owner);
        datasetInside = dataset(owner, inside);
        datasetOutside = dataset(owner, outside);
    }

    @Test
    void knowsNothingOfOtherProjects() {
        WebTestClient narrowed = narrowed(null, List.of(inside));

        see(narrowed, "/api/v1/projects/" + inside).expectStatus().isOk();
        see(narrowed, "/api/v1/datasets/" + datasetInside).expectStatus().isOk();
        JsonNode hidden = problem(see(narrowed, "/api/v1/projects/" + outside), 404);
        assertThat(hidden).isEqualTo(problem(see(narrowed, "/api/v1/projects/6b0183990000000000001001"), 404));
        see(narrowed, "/api/v1/projects/" + outside + "/members").expectStatus().isNotFound();
        see(narrowed, "/api/v1/datasets/" + datasetOutside).expectStatus().isNotFound();
        see(narrowed, "/internal/access/projects/" + outside).expectStatus().isNotFound();
        see(narrowed, "/internal/access/datasets/" + datasetOutside)
                .expectStatus()
                .isNotFound();
        narrowed.delete()
                .uri("/api/v1/datasets/" + datasetOutside)
                .exchange()
                .expectStatus()
                .isNotFound();
        send(narrowed, "/api/v1/datasets", Map.of("name", unique("dataset"), "projects", List.of(outside)))
                .expectStatus()
                .isNotFound();
        assertThat(ids(see(narrowed, "/api/v1/projects"))).containsExactly(inside);
        assertThat(ids(see(narrowed, "/api/v1/datasets"))).containsExactly(datasetInside);
        get(owner, "/api/v1/datasets/" + datasetOutside).expectStatus().isOk();
    }

    @Test
    void makesNoProject() {
        send(narrowed(null, List.of(inside)), "/api/v1/projects", Map.of("name", unique("project")))
                .expectStatus()
                .isForbidden();
        send(narrowed("projects:read datasets:write", null), "/api/v1/projects", Map.of("name", unique("project")))
                .expectStatus()
                .isForbidden();

        assertThat(ids(get(owner, "/api/v1/projects"))).containsExactly(inside, outside);
    }

    @Test
    void doesWhatItsScopesSay() {
        WebTestClient reading = narrowed("datasets:read", null);

        see(reading, "/api/v1/datasets/" + datasetInside).expectStatus().isOk();
        see(reading, "/api/v1/projects/" + inside).expectStatus().isForbidden();
        reading.delete()
                .uri("/api/v1/datasets/" + datasetInside)
                .exchange()
                .expectStatus()
                .isForbidden()
                .expectHeader()
                .valueEquals("WWW-Authenticate", "Bearer error=\"insufficient_scope\", scope=\"datasets:write\"");
        send(reading, "/api/v1/projects/" + inside + "/members/eve@example.org", Map.of("role", "owner"))
                .expectStatus()
                .isForbidden();
        get(owner, "/api/v1/datasets/" + datasetInside).expectStatus().isOk();
    }

    @Test
    void doesNothingWithoutAScope() {
        WebTestClient nothing = narrowed("", null);

        see(nothing, "/api/v1/datasets/" + datasetInside).expectStatus().isForbidden();
        see(nothing, "/api/v1/projects").expectStatus().isForbidden();
    }

    /** The others ask in the name of the user, whatever the scope: they check the scope of what they do themselves. */
    @Test
    void isKnownToTheServicesThatAskForIt() {
        see(narrowed("items:read", List.of(inside)), "/internal/access/datasets/" + datasetInside)
                .expectStatus()
                .isOk();
        see(narrowed("items:read", List.of(inside)), "/internal/access/projects/" + inside)
                .expectStatus()
                .isOk();
    }

    private WebTestClient narrowed(@Nullable String scope, @Nullable List<String> projects) {
        return withToken(PEERS.tokens().narrowed(owner, scope, projects));
    }

    private static ResponseSpec see(WebTestClient caller, String path) {
        return caller.get().uri(path).exchange();
    }

    private static ResponseSpec send(WebTestClient caller, String path, Object body) {
        return caller.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange();
    }

    private static List<String> ids(ResponseSpec list) {
        return json(list)
                .valueStream()
                .map(entry -> entry.path("id").stringValue())
                .toList();
    }
}
