package io.sluice.datasetservice.ontology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.datasetservice.ApiContract;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;

abstract class OntologyContract extends ApiContract {

    private static final String ONTOLOGIES = "/api/v1/ontologies";

    @Autowired
    private OntologyRepository stored;

    private final String ann = person("ann");
    private final String bob = person("bob");

    private static Map<String, Object> root(String tag, Object... children) {
        return Map.of("value", Map.of("tag", tag, "color", "#010203"), "children", List.of(children));
    }

    private String ontology(String projectId, Object... roots) {
        return ONTOLOGIES + "/"
                + json(post(ann, ONTOLOGIES, Map.of("projectIds", List.of(projectId), "roots", List.of(roots))))
                        .path("id")
                        .stringValue();
    }

    private static List<String> tags(JsonNode nodes) {
        return nodes.valueStream()
                .map(node -> node.path("value").path("tag").stringValue())
                .toList();
    }

    @Test
    void isMadeListedReplacedAndDeleted() {
        String projectId = project(ann);
        JsonNode made = json(post(
                ann,
                ONTOLOGIES,
                Map.of(
                        "title", "Birds",
                        "projectIds", List.of(projectId),
                        "attributes", List.of("ringed"),
                        "roots", List.of(root("gull", root("herring"))))));
        String address = ONTOLOGIES + "/" + made.path("id").stringValue();
        assertThat(json(get(ann, address))).isEqualTo(made);
        assertThat(made.path("attributes").path(0).stringValue()).isEqualTo("ringed");
        assertThat(made.path("metadata").has("attributes")).isFalse();
        assertThat(tags(made.path("roots").path(0).path("children"))).containsExactly("herring");

        JsonNode page = json(get(
                ann, ONTOLOGIES + "?pageOffset=0&pageSize=1000&projects=" + projectId + ",6b0183990000000000001001"));
        assertThat(page.path("totalItemsCount").intValue()).isEqualTo(1);
        assertThat(page.path("hasNextPage").booleanValue()).isFalse();
        assertThat(page.path("items").path(0)).isEqualTo(made);
        assertThat(json(get(ann, ONTOLOGIES + "?ids=6b0183990000000000001001")).path("items"))
                .isEmpty();

        // As the SDK does: everything back, with what it makes of the labels for itself.
        JsonNode replaced = json(send(
                ann,
                HttpMethod.PUT,
                address,
                Map.of(
                        "id", "x",
                        "labels", List.of(Map.of("display_data", Map.of())),
                        "attributes", List.of(Map.of("key", "of the newer form")),
                        "title", "Sea birds",
                        "metadata", Map.of("user", 1),
                        "roots", List.of(root("tern")))));
        assertThat(replaced.path("title").stringValue()).isEqualTo("Sea birds");
        assertThat(tags(replaced.path("roots"))).containsExactly("tern");
        assertThat(replaced.path("attributes").path(0).stringValue()).isEqualTo("ringed");
        assertThat(replaced.path("metadata").has("user")).isFalse();

        delete(ann, address).expectStatus().isNoContent();
        problem(get(ann, address), 404);
        problem(delete(ann, ONTOLOGIES + "/some_id"), 400);
    }

    @Test
    void labelsComeByTheirPathsWithThoseAboveThem() {
        String address = ontology(project(ann));
        JsonNode changed = json(patch(
                ann,
                address + "/labels",
                Map.of(
                        "labelsNode",
                        List.of(Map.of("tag", "gull.herring", "color", "#ff0000", "displayData", Map.of())),
                        "upsert",
                        true)));
        JsonNode gull = changed.path("roots").path(0);
        assertThat(gull.path("value").path("tag").stringValue()).isEqualTo("gull");
        JsonNode herring = gull.path("children").path(0).path("value");
        assertThat(herring.path("color").stringValue()).isEqualTo("#ff0000");
        assertThat(changed).isEqualTo(json(get(ann, address)));

        JsonNode refused = problem(
                patch(ann, address + "/labels", Map.of("labelsNode", List.of(Map.of("tag", "tern")), "upsert", false)),
                400);
        assertThat(refused.path("errors").path(0).path("field").stringValue()).isEqualTo("labelsNode[0].tag");
        json(patch(ann, address + "/addLabels", Map.of("labelsNode", List.of(Map.of("tag", "tern")))));
        assertThat(tags(json(get(ann, address)).path("roots"))).containsExactly("gull", "tern");
    }

    @Test
    void labelsAreMadeFoundChangedAndDeletedOneByOne() {
        String address = ontology(project(ann));
        JsonNode made =
                json(post(ann, address + "/labels", List.of(Map.of("tag", "gull.herring"), Map.of("tag", "tern"))));
        assertThat(made).hasSize(2);
        JsonNode herring = made.path(0);
        assertThat(herring.path("path").stringValue()).isEqualTo("gull.herring");
        assertThat(herring.path("depth").intValue()).isEqualTo(1);
        assertThat(herring.path("parent")).isEqualTo(herring.path("root"));

        JsonNode changed = json(send(
                ann,
                HttpMethod.PATCH,
                address + "/labels",
                List.of(Map.of("id", herring.path("parent").stringValue(), "tag", "Gull"))));
        assertThat(changed.path(0).path("path").stringValue()).isEqualTo("Gull");

        JsonNode found = json(post(ann, address + "/labels/query", Map.of("filter", Map.of("path", "Gull*"))));
        assertThat(found.path("totalItemsCount").intValue()).isEqualTo(2);

        String gone = address + "/labels/" + herring.path("parent").stringValue();
        delete(ann, gone).expectStatus().isNoContent();
        problem(delete(ann, gone), 404);
        assertThat(tags(json(get(ann, address)).path("roots"))).containsExactly("tern");
    }

    @Test
    void attributesAreReplacedByTheirKeys() {
        String address = ontology(project(ann), root("gull"));
        Map<String, Object> age = Map.of(
                "title",
                "Age",
                "key",
                "age",
                "type",
                "options",
                "multi",
                true,
                "optional",
                true,
                "values",
                List.of("young"),
                "scope",
                List.of("gull"));
        JsonNode shown = json(patch(ann, address + "/attributes", Map.of("items", List.of(age), "upsert", true)))
                .path("metadata")
                .path("attributes");
        assertThat(shown).hasSize(1);
        assertThat(shown.path(0).path("scriptData").path("title").stringValue()).isEqualTo("Age");
        problem(patch(ann, address + "/attributes", Map.of("items", List.of(age))), 400);

        String id = shown.path(0).path("id").stringValue();
        JsonNode byId = json(post(ann, address + "/attributes/query", Map.of("filter", Map.of("key", "age"))))
                .path("items")
                .path(0);
        assertThat(byId.path("id").stringValue()).isEqualTo(id);
        assertThat(byId.path("scope").path("labelIds")).hasSize(1);
        String gull = byId.path("scope").path("labelIds").path(0).stringValue();
        json(send(ann, HttpMethod.PATCH, address + "/labels", List.of(Map.of("id", gull, "tag", "Larus"))));
        assertThat(json(get(ann, address))
                        .path("metadata")
                        .path("attributes")
                        .path(0)
                        .path("scope")
                        .path(0)
                        .stringValue())
                .isEqualTo("Larus");
        JsonNode patched = json(patch(ann, address + "/attributes/" + id, Map.of("values", List.of("old"))));
        assertThat(patched.path("values").path(0).stringValue()).isEqualTo("old");

        send(ann, HttpMethod.DELETE, address + "/attributes", Map.of("keys", List.of("age", "unknown")))
                .expectStatus()
                .isNoContent();
        assertThat(json(get(ann, address)).path("metadata").path("attributes")).isEmpty();
    }

    @Test
    void attributesAndStructuresAreMadeAndDeletedOneByOne() {
        String address = ontology(project(ann), root("gull", root("herring")));
        String gull = json(post(ann, address + "/labels/query", Map.of("filter", Map.of("depth", 0))))
                .path("items")
                .path(0)
                .path("id")
                .stringValue();
        Map<String, Object> scope = Map.of("subtrees", List.of(gull), "labelIds", List.of());
        JsonNode made = json(post(ann, address + "/attributes", Map.of("key", "n", "type", "number", "scope", scope)));
        assertThat(made.path("scope").path("subtrees").path(0).stringValue()).isEqualTo(gull);
        assertThat(json(get(ann, address))
                        .path("metadata")
                        .path("attributes")
                        .path(0)
                        .path("scope")
                        .valueStream()
                        .map(JsonNode::stringValue))
                .containsExactly("gull", "gull.herring");
        problem(post(ann, address + "/attributes", Map.of("key", "n", "type", "number")), 400);
        String attribute = address + "/attributes/" + made.path("id").stringValue();
        delete(ann, attribute).expectStatus().isNoContent();
        problem(delete(ann, attribute), 404);

        JsonNode wing = json(post(
                ann,
                address + "/structures",
                Map.of("name", "wing", "order", List.of("a", "b"), "arcs", List.of(List.of("a", "b")))));
        String structure = address + "/structures/" + wing.path("id").stringValue();
        assertThat(json(patch(ann, structure, Map.of("name", "left wing")))
                        .path("arcs")
                        .path(0))
                .hasSize(2);
        assertThat(json(post(ann, address + "/structures/query", Map.of("filter", Map.of("name", "left*"))))
                        .path("totalItemsCount")
                        .intValue())
                .isEqualTo(1);
        delete(ann, structure).expectStatus().isNoContent();
        problem(delete(ann, structure), 404);
    }

    @Test
    void whatIsWrongIsNamed() {
        String projectId = project(ann);
        String address = ontology(projectId);
        wrong(400, "projectIds", ONTOLOGIES, Map.of("roots", List.of()));
        wrong(
                400,
                "roots[0].children[0].value.color",
                ONTOLOGIES,
                Map.of(
                        "projectIds",
                        List.of(projectId),
                        "roots",
                        List.of(root("a", Map.of("value", Map.of("tag", "b", "color", "red"))))));
        wrong(400, "attribute.type", address + "/attributes", Map.of("key", "a", "type", "wish"));
        wrong(
                400,
                "structure.arcs[0]",
                address + "/structures",
                Map.of("name", "a", "order", List.of(), "arcs", List.of(List.of("a"))));
        wrong(413, "ontology", ONTOLOGIES, Map.of("projectIds", List.of(projectId), "roots", huge()));
    }

    private static List<Object> huge() {
        return List.of(Map.of("tag", "a", "own", "x".repeat(Ontology.LARGEST + 1)));
    }

    private void wrong(int status, String field, String path, Map<String, Object> body) {
        assertThat(problem(post(ann, path, body), status)
                        .path("errors")
                        .path(0)
                        .path("field")
                        .stringValue())
                .isEqualTo(field);
    }

    @Test
    void ofTwoWritersWithIfMatchOneWins() {
        String address = ontology(project(ann));
        String tag = eTag(get(ann, address));
        json(post(ann, address + "/labels", List.of(Map.of("tag", "a"))));
        problem(
                as(ann).put()
                        .uri(address)
                        .header(HttpHeaders.IF_MATCH, tag)
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(Map.of("roots", List.of()))
                        .exchange(),
                412);
        assertThat(json(get(ann, address)).path("roots")).hasSize(1);
    }

    @Test
    void isSharedOnlyWithTheProjectsOfTheOneWhoMakesIt() {
        String projectId = project(ann);
        problem(post(bob, ONTOLOGIES, Map.of("projectIds", List.of(project(bob), projectId))), 404);
        String address = ontology(projectId);
        problem(get(bob, address), 404);
        assertThat(json(get(bob, ONTOLOGIES + "?projects=" + projectId)).path("items"))
                .isEmpty();
    }

    @Test
    void goesWithItsProject() {
        String projectId = project(ann);
        String other = project(ann);
        String own = ontology(projectId).substring(ONTOLOGIES.length() + 1);
        String shared = json(post(ann, ONTOLOGIES, Map.of("projectIds", List.of(projectId, other))))
                .path("id")
                .stringValue();
        delete(ann, "/api/v1/projects/" + projectId).expectStatus().isNoContent();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !stored.existsById(own).blockOptional().orElseThrow());
        assertThat(json(get(ann, ONTOLOGIES + "/" + shared))
                        .path("metadata")
                        .path("system")
                        .path("projectIds"))
                .hasSize(1);
    }
}
