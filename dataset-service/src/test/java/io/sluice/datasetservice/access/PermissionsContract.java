package io.sluice.datasetservice.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.http.HttpMethod.DELETE;
import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.PATCH;
import static org.springframework.http.HttpMethod.POST;
import static org.springframework.http.HttpMethod.PUT;

import io.sluice.datasetservice.ApiContract;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Role;
import io.sluice.kit.testing.Operation;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;

/** Walks every operation with every role against what the operation says it needs. */
abstract class PermissionsContract extends ApiContract {

    private static final String ROLE = "{\"role\": \"engineer\"}";
    private static final String LABELS = "{\"labelsNode\": [{\"tag\": \"gull\"}], \"upsert\": true}";

    /** The table of rights, as it stands at the operations themselves. */
    private static final List<Operation> TABLE = Operation.below("io.sluice.datasetservice").stream()
            .filter(Operation::isPublicPath)
            .toList();

    private record Step(HttpMethod method, String path, String body) {

        String name() {
            return method + " " + path;
        }

        Permission permission() {
            return TABLE.stream()
                    .filter(operation -> operation.name().equals(name()))
                    .findFirst()
                    .orElseThrow()
                    .permissions()
                    .get(0);
        }
    }

    /** What is done to one thing, in an order in which each still finds its own. */
    private static final List<Step> STEPS = List.of(
            new Step(GET, "/api/v1/projects/{projectId}", ""),
            new Step(PATCH, "/api/v1/projects/{projectId}", "{\"name\": \"renamed {projectId}\"}"),
            new Step(GET, "/api/v1/projects/{projectId}/members", ""),
            new Step(
                    POST,
                    "/api/v1/projects/{projectId}/members",
                    "{\"role\": \"engineer\", \"users\": [\"new-{projectId}@example.org\"]}"),
            new Step(POST, "/api/v1/projects/{projectId}/members/{email}", ROLE),
            new Step(PATCH, "/api/v1/projects/{projectId}/members/{email}", ROLE),
            new Step(DELETE, "/api/v1/projects/{projectId}/members/{email}", ""),
            new Step(GET, "/api/v1/projects/{projectId}/subgroups", ""),
            new Step(POST, "/api/v1/projects/{projectId}/subgroups/{groupId}", ROLE),
            new Step(PATCH, "/api/v1/projects/{projectId}/subgroups/{groupId}", ROLE),
            new Step(DELETE, "/api/v1/projects/{projectId}/subgroups/{groupId}", ""),
            new Step(PATCH, "/api/v1/projects/{projectId}/org", "{\"org_id\": \"{orgId}\"}"),
            new Step(POST, "/api/v1/datasets", "{\"name\": \"new\", \"projects\": [\"{projectId}\"]}"),
            new Step(GET, "/api/v1/datasets/{datasetId}", ""),
            new Step(POST, "/api/v1/datasets/storage/project", "{\"projectId\": \"{projectId}\"}"),
            new Step(PATCH, "/api/v1/datasets/{datasetId}", "{\"name\": \"renamed\"}"),
            new Step(PATCH, "/api/v1/datasets/{datasetId}/unlock", ""),
            new Step(GET, "/api/v1/recipes/{recipeId}", ""),
            new Step(GET, "/api/v1/ontologies/{ontologyId}", ""),
            new Step(POST, "/api/v1/ontologies", "{\"projectIds\": [\"{projectId}\"]}"),
            new Step(PUT, "/api/v1/ontologies/{ontologyId}", "{}"),
            new Step(POST, "/api/v1/ontologies/{ontologyId}/labels", "[{\"tag\": \"gull\"}]"),
            new Step(PATCH, "/api/v1/ontologies/{ontologyId}/labels", LABELS),
            new Step(PATCH, "/api/v1/ontologies/{ontologyId}/addLabels", LABELS),
            new Step(POST, "/api/v1/ontologies/{ontologyId}/labels/query", "{}"),
            new Step(DELETE, "/api/v1/ontologies/{ontologyId}/labels/{labelId}", ""),
            new Step(POST, "/api/v1/ontologies/{ontologyId}/attributes", "{\"key\": \"k\", \"type\": \"boolean\"}"),
            new Step(PATCH, "/api/v1/ontologies/{ontologyId}/attributes", "{\"items\": []}"),
            new Step(POST, "/api/v1/ontologies/{ontologyId}/attributes/query", "{}"),
            new Step(PATCH, "/api/v1/ontologies/{ontologyId}/attributes/{attributeId}", "{}"),
            new Step(DELETE, "/api/v1/ontologies/{ontologyId}/attributes/{attributeId}", ""),
            new Step(DELETE, "/api/v1/ontologies/{ontologyId}/attributes", "{\"keys\": []}"),
            new Step(
                    POST,
                    "/api/v1/ontologies/{ontologyId}/structures",
                    "{\"name\": \"n\", \"order\": [], \"arcs\": []}"),
            new Step(POST, "/api/v1/ontologies/{ontologyId}/structures/query", "{}"),
            new Step(PATCH, "/api/v1/ontologies/{ontologyId}/structures/{structureId}", "{}"),
            new Step(DELETE, "/api/v1/ontologies/{ontologyId}/structures/{structureId}", ""),
            new Step(POST, "/api/v1/recipes", "{\"projectIds\": [\"{projectId}\"]}"),
            new Step(POST, "/api/v1/recipes/{recipeId}/clone", "{}"),
            new Step(PATCH, "/api/v1/recipes/{recipeId}", "{}"),
            new Step(PATCH, "/api/v1/recipes/{recipeId}/scope", "{}"),
            new Step(PATCH, "/api/v1/recipes/{recipeId}/tools", "{}"),
            new Step(DELETE, "/api/v1/recipes/{recipeId}", ""),
            new Step(DELETE, "/api/v1/ontologies/{ontologyId}", ""),
            new Step(DELETE, "/api/v1/datasets/{datasetId}", ""),
            new Step(DELETE, "/api/v1/projects/{projectId}", ""));

    private final String owner = person("owner");
    private final String caller = person("caller");

    @Test
    void walksEveryOperationWhereARoleDecides() {
        assertThat(STEPS.stream().map(Step::name))
                .containsExactlyInAnyOrderElementsOf(TABLE.stream()
                        .filter(operation -> operation.audience() == null
                                && !operation.permissions().get(0).isOfOrganizations())
                        .map(Operation::name)
                        .distinct()
                        .toList());
    }

    @ParameterizedTest
    @EnumSource
    void letsARoleDoWhatTheTableSays(Role role) {
        SoftAssertions allOf = new SoftAssertions();
        String projectId = project(owner);
        String other = person("other");
        member(owner, projectId, other, "annotator");
        member(owner, projectId, caller, role.wireName());
        Map<String, String> fixture = fixture(projectId, other);

        for (Step step : STEPS) {
            int status = status(caller, step, fixture);
            String what = role.wireName() + " " + step.name() + " answers " + status;
            if (role.may(step.permission())) {
                allOf.assertThat(status).as(what).isNotIn(401, 403, 404, 405, 415, 500);
            } else {
                allOf.assertThat(status).as(what).isEqualTo(403);
            }
        }

        allOf.assertAll();
    }

    @Test
    void showsNothingToThoseWhoAreNoMembers() {
        SoftAssertions allOf = new SoftAssertions();
        String projectId = project(owner);
        Map<String, String> fixture = fixture(projectId, owner);

        for (Step step : STEPS) {
            allOf.assertThat(status(caller, step, fixture)).as(step.name()).isEqualTo(404);
        }

        allOf.assertAll();
    }

    @Test
    void showsNothingWithoutAToken() {
        SoftAssertions allOf = new SoftAssertions();

        for (Step step : STEPS) {
            int status = anonymous()
                    .method(step.method())
                    .uri(step.path().replaceAll("[{}]", ""))
                    .contentType(MediaType.APPLICATION_JSON)
                    .bodyValue(step.body())
                    .exchange()
                    .returnResult(Void.class)
                    .getStatus()
                    .value();
            allOf.assertThat(status).as(step.name()).isEqualTo(401);
        }

        allOf.assertAll();
    }

    private int status(String email, Step step, Map<String, String> fixture) {
        return send(email, step.method(), filled(step.path(), fixture), filled(step.body(), fixture))
                .returnResult(Void.class)
                .getStatus()
                .value();
    }

    private static String filled(String template, Map<String, String> fixture) {
        return fixture.entrySet().stream()
                .reduce(
                        template,
                        (text, entry) -> text.replace("{" + entry.getKey() + "}", entry.getValue()),
                        (left, right) -> right);
    }

    private Map<String, String> fixture(String projectId, String email) {
        String datasetId = dataset(owner, projectId);
        JsonNode dataset = json(get(owner, "/api/v1/datasets/" + datasetId));
        String recipeId =
                dataset.path("metadata").path("system").path("recipes").path(0).stringValue();
        JsonNode recipe = json(get(owner, "/api/v1/recipes/" + recipeId));
        String orgId = ObjectId.get().toHexString();
        PEERS.knowsOrganization(orgId, caller, "member");
        PEERS.knowsGroup(orgId + "-group");
        String ontologyId = recipe.path("ontologyIds").path(0).stringValue();
        String ontology = "/api/v1/ontologies/" + ontologyId;
        return Map.of(
                "orgId", orgId,
                "groupId", orgId + "-group",
                "projectId", projectId,
                "email", email,
                "datasetId", datasetId,
                "recipeId", recipeId,
                "ontologyId", ontologyId,
                "labelId",
                        json(post(owner, ontology + "/labels", List.of(Map.of("tag", "sheep"))))
                                .path(0)
                                .path("id")
                                .stringValue(),
                "attributeId", made(ontology + "/attributes", Map.of("key", "age", "type", "range")),
                "structureId",
                        made(ontology + "/structures", Map.of("name", "wing", "order", List.of(), "arcs", List.of())));
    }

    private String made(String path, Map<String, Object> body) {
        return json(post(owner, path, body)).path("id").stringValue();
    }

    @Test
    void tellsOtherServicesTheRoleOfAUser() {
        String projectId = project(owner);
        String datasetId = dataset(owner, projectId);
        member(owner, projectId, caller, "annotationManager");

        JsonNode dataset = json(get(caller, "/internal/access/datasets/" + datasetId));
        JsonNode project = json(get(caller, "/internal/access/projects/" + projectId));

        assertThat(dataset.path("datasetId").stringValue()).isEqualTo(datasetId);
        assertThat(dataset.path("projectId").stringValue()).isEqualTo(projectId);
        assertThat(dataset.path("role").stringValue()).isEqualTo("annotationManager");
        assertThat(dataset.path("readonly").booleanValue()).isFalse();
        assertThat(dataset.path("system").booleanValue()).isFalse();
        assertThat(project.path("projectId").stringValue()).isEqualTo(projectId);
        assertThat(project.path("role").stringValue()).isEqualTo("annotationManager");
    }

    @Test
    void tellsOtherServicesNothingOfWhatAUserDoesNotSee() {
        String projectId = project(owner);
        String datasetId = dataset(owner, projectId);
        String access = "/internal/access/datasets/" + datasetId;

        problem(get(caller, access), 404);
        problem(get(caller, "/internal/access/projects/" + projectId), 404);
        problem(get(owner, "/internal/access/datasets/some_id"), 404);
        String service = PEERS.tokens().service("item-service", "dataset-service");
        withToken(service).get().uri(access).exchange().expectStatus().isNotFound();
        anonymous().get().uri(access).exchange().expectStatus().isUnauthorized();
        delete(owner, "/api/v1/datasets/" + datasetId).expectStatus().isNoContent();
        problem(get(owner, access), 404);
    }

    @Test
    void tellsOtherServicesNothingOfAProjectThatIsBeingDeleted() {
        String projectId = project(owner);
        String datasetId = dataset(owner, projectId);

        delete(owner, "/api/v1/projects/" + projectId).expectStatus().isNoContent();

        problem(get(owner, "/internal/access/datasets/" + datasetId), 404);
        problem(get(owner, "/internal/access/projects/" + projectId), 404);
    }

    @Test
    void hidesTheProjectFromARemovedMemberAtOnce() {
        String projectId = project(owner);
        String access = "/internal/access/projects/" + projectId;
        member(owner, projectId, caller, "engineer");
        json(get(caller, access));

        json(delete(owner, "/api/v1/projects/" + projectId + "/members/" + caller));

        problem(get(caller, access), 404);
    }
}
