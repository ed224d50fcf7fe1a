package io.sluice.datasetservice.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.datasetservice.ApiContract;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;

abstract class RecipeContract extends ApiContract {

    private static final String RECIPES = "/api/v1/recipes";
    private static final String UNKNOWN = "6b0183990000000000001001";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Autowired
    private ReactiveMongoTemplate mongo;

    private final String ann = person("ann");
    private final String bob = person("bob");

    private String ontology(String email, String projectId) {
        return json(post(
                        email,
                        "/api/v1/ontologies",
                        Map.of("projectIds", List.of(projectId), "roots", List.of(Map.of("tag", "gull")))))
                .path("id")
                .stringValue();
    }

    private JsonNode recipe(String title, String projectId, String... ontologyIds) {
        return json(post(
                ann,
                RECIPES,
                Map.of("title", title, "projectIds", List.of(projectId), "ontologyIds", List.of(ontologyIds))));
    }

    private static String address(JsonNode recipe) {
        return RECIPES + "/" + recipe.path("id").stringValue();
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::stringValue).toList();
    }

    private List<String> recipesOf(String datasetId) {
        return texts(json(get(ann, "/api/v1/datasets/" + datasetId))
                .path("metadata")
                .path("system")
                .path("recipes"));
    }

    private void use(String datasetId, JsonNode recipe) {
        json(patch(
                ann,
                "/api/v1/datasets/" + datasetId + "?system=true",
                Map.of(
                        "metadata",
                        Map.of(
                                "system",
                                Map.of("recipes", List.of(recipe.path("id").stringValue()))))));
    }

    @Test
    void offersLabelsToADatasetThatTakesNoOthers() {
        String projectId = project(ann);
        String datasetId = dataset(ann, projectId);
        String address = "/api/v1/datasets/" + datasetId;
        String access = "/internal/access/datasets/" + datasetId;
        assertThat(json(get(ann, access)).path("strictLabels").booleanValue()).isFalse();
        assertThat(json(get(ann, access + "/labels")).path("labels")).isEmpty();
        assertThat(labelsForServices(datasetId).path("strict").booleanValue()).isFalse();

        use(datasetId, recipe("Birds", projectId, ontology(ann, projectId)));
        json(patch(ann, address + "?system=true", strict(true)));

        assertThat(json(get(ann, access)).path("strictLabels").booleanValue()).isTrue();
        assertThat(texts(json(get(ann, access + "/labels")).path("labels"))).containsExactly("gull");
        assertThat(labelsForServices(datasetId).path("strict").booleanValue()).isTrue();
        assertThat(texts(labelsForServices(datasetId).path("labels"))).containsExactly("gull");
        problem(get(bob, access + "/labels"), 404);
        problem(get(ann, "/internal/datasets/" + datasetId + "/labels"), 403);
        problem(patch(ann, address + "?system=true", strict("yes")), 400);

        String others = project(bob);
        String secret = json(post(
                        bob,
                        RECIPES,
                        Map.of("projectIds", List.of(others), "ontologyIds", List.of(ontology(bob, others)))))
                .path("id")
                .stringValue();
        json(patch(
                ann,
                address + "?system=true",
                Map.of("metadata", Map.of("system", Map.of("recipes", List.of(secret))))));
        assertThat(json(get(ann, access + "/labels")).path("labels")).isEmpty();
    }

    private JsonNode labelsForServices(String datasetId) {
        return json(withToken(PEERS.tokens().service("item-service", "dataset-service"))
                .get()
                .uri("/internal/datasets/" + datasetId + "/labels")
                .exchange());
    }

    private static Map<String, Object> strict(Object value) {
        return Map.of("metadata", Map.of("system", Map.of("strictLabels", value)));
    }

    @Test
    void isMadeListedAndChanged() {
        String projectId = project(ann);
        String ontologyId = ontology(ann, projectId);
        JsonNode made = recipe("Birds", projectId, ontologyId);
        assertThat(json(get(ann, address(made)))).isEqualTo(made);
        assertThat(texts(made.path("ontologyIds"))).containsExactly(ontologyId);
        recipe("Fish", projectId);

        // As the SDK asks, with the ampersand too many.
        JsonNode page = json(get(ann, RECIPES + "?projects=" + projectId + "&&pageOffset=0&pageSize=1000"));
        assertThat(page.path("totalItemsCount").intValue()).isEqualTo(2);
        assertThat(json(get(ann, RECIPES + "?ontologies=" + ontologyId + "&projects=" + projectId + "&&pageOffset=0"))
                        .path("items")
                        .path(0))
                .isEqualTo(made);
        assertThat(json(get(ann, RECIPES + "?title=Fish&creator=" + ann + "&pageSize=1"))
                        .path("totalPagesCount")
                        .intValue())
                .isEqualTo(1);

        Map<String, @Nullable Object> patch = new HashMap<>(Map.of(
                "id",
                UNKNOWN,
                "creator",
                "somebody",
                "title",
                "Sea birds",
                "instructions",
                List.of(Map.of("scope", "image")),
                "metadata",
                Map.of("system", Map.of("instructionDocument", Map.of("name", "a.pdf")), "own", 1)));
        patch.put("description", null);
        JsonNode changed = json(patch(ann, address(made), patch));
        assertThat(changed.path("title").stringValue()).isEqualTo("Sea birds");
        assertThat(changed.path("creator").stringValue()).isEqualTo(ann);
        assertThat(changed.path("instructions")).hasSize(1);
        assertThat(changed.path("metadata").path("own").intValue()).isEqualTo(1);
        assertThat(changed.path("metadata").path("system")).isEmpty();
        JsonNode withSystem = json(patch(ann, address(made) + "?system=true", patch));
        assertThat(withSystem.path("metadata").path("system").has("instructionDocument"))
                .isTrue();
        assertThat(withSystem.path("uiSettings")).isEqualTo(made.path("uiSettings"));
    }

    @Test
    void namesOntologiesAndProjectsOnlyThatItsOwnerSees() {
        String projectId = project(ann);
        String foreignProject = project(bob);
        String foreign = ontology(bob, foreignProject);
        JsonNode made = recipe("Birds", projectId);
        for (String ontologyId : List.of(foreign, UNKNOWN, "some_id")) {
            assertThat(problem(patch(ann, address(made), Map.of("ontologyIds", List.of(ontologyId))), 400)
                            .path("errors")
                            .path(0)
                            .path("field")
                            .stringValue())
                    .isEqualTo("ontologyIds");
        }
        problem(patch(ann, address(made), Map.of("projectIds", List.of(projectId, foreignProject))), 404);
        problem(patch(ann, address(made), Map.of("projectIds", List.of())), 400);
        problem(post(ann, RECIPES, Map.of("title", "x")), 400);
        problem(patch(ann, address(made), Map.of("title", " ")), 400);
        problem(get(bob, address(made)), 404);
    }

    @Test
    void isClonedWithItsOntologiesOrWithout() {
        String projectId = project(ann);
        String ontologyId = ontology(ann, projectId);
        JsonNode made = recipe("Birds", projectId, ontologyId);
        JsonNode shallow = json(post(ann, address(made) + "/clone", Map.of("shallow", true)));
        assertThat(texts(shallow.path("ontologyIds"))).containsExactly(ontologyId);
        assertThat(shallow.path("id")).isNotEqualTo(made.path("id"));
        JsonNode deep = json(post(ann, address(made) + "/clone", Map.of("shallow", false)));
        String copied = texts(deep.path("ontologyIds")).get(0);
        assertThat(copied).isNotEqualTo(ontologyId);
        json(post(ann, "/api/v1/ontologies/" + copied + "/labels", List.of(Map.of("tag", "tern"))));
        assertThat(json(get(ann, "/api/v1/ontologies/" + copied)).path("roots")).hasSize(2);
        assertThat(json(get(ann, "/api/v1/ontologies/" + ontologyId)).path("roots"))
                .hasSize(1);
    }

    @Test
    void isDeletedWhileDatasetsUseItByForceOnly() {
        String projectId = project(ann);
        String datasetId = dataset(ann, projectId);
        JsonNode made = recipe("Birds", projectId, ontology(ann, projectId));
        use(datasetId, made);
        String tag = eTag(get(ann, "/api/v1/datasets/" + datasetId));
        problem(delete(ann, address(made)), 400);
        delete(ann, address(made) + "?force=true").expectStatus().isNoContent();
        problem(get(ann, address(made)), 404);
        assertThat(recipesOf(datasetId)).isEmpty();
        assertThat(eTag(get(ann, "/api/v1/datasets/" + datasetId))).isNotEqualTo(tag);
        delete(ann, address(recipe("Fish", projectId))).expectStatus().isNoContent();
    }

    @Test
    void madeByItselfOutlivesTheDatasetThatUsesItButNotItsProject() {
        String projectId = project(ann);
        String datasetId = dataset(ann, projectId);
        String before = recipesOf(datasetId).get(0);
        JsonNode made = recipe("Birds", projectId);
        use(datasetId, made);
        String recipeId = made.path("id").stringValue();

        delete(ann, "/api/v1/datasets/" + datasetId).expectStatus().isNoContent();
        await().atMost(PATIENCE).until(() -> isGone("datasets", datasetId));
        json(get(ann, address(made)));

        delete(ann, "/api/v1/projects/" + projectId).expectStatus().isNoContent();
        await().atMost(PATIENCE).until(() -> isGone("recipes", recipeId) && isGone("recipes", before));
    }

    private boolean isGone(String collection, String id) {
        return mongo.findById(id, Document.class, collection).blockOptional().isEmpty();
    }

    @Test
    void forgetsAnOntologyThatIsDeleted() {
        String projectId = project(ann);
        String ontologyId = ontology(ann, projectId);
        JsonNode made = recipe("Birds", projectId, ontologyId);
        delete(ann, "/api/v1/ontologies/" + ontologyId).expectStatus().isNoContent();
        assertThat(json(get(ann, address(made))).path("ontologyIds")).isEmpty();
    }

    @Test
    void showsWhatOfItsOntologyItIsToldTo() {
        String projectId = project(ann);
        String ontologyId = ontology(ann, projectId);
        JsonNode made = json(post(
                ann,
                RECIPES,
                Map.of(
                        "title", "Birds",
                        "projectIds", List.of(projectId),
                        "ontology",
                                Map.of(
                                        "ontologyId",
                                        ontologyId,
                                        "attributes",
                                        List.of("a"),
                                        "structureIds",
                                        List.of()))));
        assertThat(made.path("ontology").path("ontologyId").stringValue()).isEqualTo(ontologyId);
        JsonNode more = json(patch(
                ann,
                address(made) + "/scope",
                Map.of("attributes", List.of("b"), "labelScope", Map.of("labelIds", List.of("c")))));
        assertThat(texts(more.path("ontology").path("attributes"))).containsExactly("a", "b");
        assertThat(texts(more.path("ontology").path("labelScope").path("labelIds")))
                .containsExactly("c");
        JsonNode other =
                json(patch(ann, address(made) + "/scope", Map.of("attributes", List.of("d"), "override", true)));
        assertThat(texts(other.path("ontology").path("attributes"))).containsExactly("d");

        json(patch(ann, address(made) + "/tools", Map.of("toolsSettings", Map.of("box", Map.of("options", Map.of())))));
        JsonNode tools = json(patch(ann, address(made) + "/tools", Map.of("toolsSettings", Map.of("point", Map.of()))));
        assertThat(tools.path("toolsSettings").propertyNames()).containsExactlyInAnyOrder("box", "point");
    }

    @Test
    void ofTwoWritersWithIfMatchOneWins() {
        JsonNode made = recipe("Birds", project(ann));
        String tag = eTag(get(ann, address(made)));
        json(patch(ann, address(made), Map.of("title", "Fish")));
        problem(
                as(ann).patch()
                        .uri(address(made))
                        .header(HttpHeaders.IF_MATCH, tag)
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(Map.of("title", "Sheep"))
                        .exchange(),
                412);
    }
}
