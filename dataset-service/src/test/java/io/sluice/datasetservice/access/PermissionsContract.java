package io.sluice.datasetservice.access;

import static io.sluice.kit.auth.Permission.CREATE_DATASET;
import static io.sluice.kit.auth.Permission.DELETE_DATASET;
import static io.sluice.kit.auth.Permission.DELETE_PROJECT;
import static io.sluice.kit.auth.Permission.MANAGE_MEMBERS;
import static io.sluice.kit.auth.Permission.READ_DATASET;
import static io.sluice.kit.auth.Permission.READ_PROJECT;
import static io.sluice.kit.auth.Permission.UPDATE_DATASET;
import static io.sluice.kit.auth.Permission.UPDATE_PROJECT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.http.HttpMethod.DELETE;
import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.PATCH;
import static org.springframework.http.HttpMethod.POST;

import io.sluice.datasetservice.ApiContract;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Role;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** Walks every operation with every role against the table in {@link Role}. */
abstract class PermissionsContract extends ApiContract {

    private static final String ROLE = "{\"role\": \"engineer\"}";

    private record Operation(HttpMethod method, String path, String body, Permission permission) {

        String name() {
            return method + " " + path;
        }
    }

    /** What is done to one thing, in an order in which each still finds its own. */
    private static final List<Operation> OPERATIONS = List.of(
            new Operation(GET, "/api/v1/projects/{projectId}", "", READ_PROJECT),
            new Operation(PATCH, "/api/v1/projects/{projectId}", "{\"name\": \"renamed {projectId}\"}", UPDATE_PROJECT),
            new Operation(GET, "/api/v1/projects/{projectId}/members", "", READ_PROJECT),
            new Operation(POST, "/api/v1/projects/{projectId}/members/{email}", ROLE, MANAGE_MEMBERS),
            new Operation(PATCH, "/api/v1/projects/{projectId}/members/{email}", ROLE, MANAGE_MEMBERS),
            new Operation(DELETE, "/api/v1/projects/{projectId}/members/{email}", "", MANAGE_MEMBERS),
            new Operation(
                    POST, "/api/v1/datasets", "{\"name\": \"new\", \"projects\": [\"{projectId}\"]}", CREATE_DATASET),
            new Operation(GET, "/api/v1/datasets/{datasetId}", "", READ_DATASET),
            new Operation(PATCH, "/api/v1/datasets/{datasetId}", "{\"name\": \"renamed\"}", UPDATE_DATASET),
            new Operation(PATCH, "/api/v1/datasets/{datasetId}/unlock", "", UPDATE_DATASET),
            new Operation(GET, "/api/v1/recipes/{recipeId}", "", READ_DATASET),
            new Operation(GET, "/api/v1/ontologies/{ontologyId}", "", READ_DATASET),
            new Operation(DELETE, "/api/v1/datasets/{datasetId}", "", DELETE_DATASET),
            new Operation(DELETE, "/api/v1/projects/{projectId}", "", DELETE_PROJECT));

    /** What shows only what the caller is a member of, and so is for everybody. */
    private static final List<String> FOR_EVERYBODY = List.of(
            "GET /api/v1/projects",
            "POST /api/v1/projects",
            "GET /api/v1/projects/{projectName}/name",
            "GET /api/v1/datasets",
            "POST /api/v1/datasets/query");

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping mappings;

    private final String owner = person("owner");
    private final String caller = person("caller");

    @Test
    void hasNoOperationThatIsNotWalked() {
        Stream<String> served = mappings.getHandlerMethods().keySet().stream()
                .flatMap(mapping -> mapping.getPatternsCondition().getPatterns().stream()
                        .flatMap(pattern -> mapping.getMethodsCondition().getMethods().stream()
                                .map(method -> method + " " + pattern.getPatternString())))
                .filter(operation -> operation.contains("/api/v1/"))
                .distinct();

        assertThat(served)
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(OPERATIONS.stream().map(Operation::name), FOR_EVERYBODY.stream())
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

        for (Operation operation : OPERATIONS) {
            int status = status(caller, operation, fixture);
            String what = role.wireName() + " " + operation.name() + " answers " + status;
            if (role.may(operation.permission())) {
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

        for (Operation operation : OPERATIONS) {
            allOf.assertThat(status(caller, operation, fixture))
                    .as(operation.name())
                    .isEqualTo(404);
        }

        allOf.assertAll();
    }

    @Test
    void showsNothingWithoutAToken() {
        SoftAssertions allOf = new SoftAssertions();

        for (Operation operation : OPERATIONS) {
            int status = anonymous()
                    .method(operation.method())
                    .uri(operation.path().replaceAll("[{}]", ""))
                    .contentType(MediaType.APPLICATION_JSON)
                    .bodyValue(operation.body())
                    .exchange()
                    .returnResult(Void.class)
                    .getStatus()
                    .value();
            allOf.assertThat(status).as(operation.name()).isEqualTo(401);
        }

        allOf.assertAll();
    }

    private int status(String email, Operation operation, Map<String, String> fixture) {
        return send(email, operation.method(), filled(operation.path(), fixture), filled(operation.body(), fixture))
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
        return Map.of(
                "projectId", projectId,
                "email", email,
                "datasetId", datasetId,
                "recipeId", recipeId,
                "ontologyId", recipe.path("ontologyIds").path(0).stringValue());
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
