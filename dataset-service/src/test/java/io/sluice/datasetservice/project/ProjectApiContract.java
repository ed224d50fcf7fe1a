package io.sluice.datasetservice.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.datasetservice.ApiContract;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;
import org.springframework.web.reactive.function.BodyInserters;
import tools.jackson.databind.JsonNode;

abstract class ProjectApiContract extends ApiContract {

    private static final String PROJECTS = "/api/v1/projects";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String ann = person("ann");
    private final String bob = person("bob");

    @Test
    void wantsAToken() {
        anonymous().get().uri(PROJECTS).exchange().expectStatus().isUnauthorized();
        withToken(PEERS.tokens().service("item-service", "dataset-service"))
                .get()
                .uri(PROJECTS)
                .exchange()
                .expectStatus()
                .isForbidden();
    }

    @Test
    void hidesAProjectFromThoseWhoAreNoMembersAsIfItWereNotThere() {
        String projectId = project(ann);

        JsonNode foreign = problem(get(bob, PROJECTS + "/" + projectId), 404);
        JsonNode unknown = problem(get(bob, PROJECTS + "/6b0183990000000000001001"), 404);
        JsonNode malformed = problem(get(bob, PROJECTS + "/some_id"), 404);

        assertThat(foreign).isEqualTo(unknown).isEqualTo(malformed);
    }

    @Test
    void refusesAMemberWhoseRoleDoesNotAllowIt() {
        String projectId = project(ann);
        member(ann, projectId, bob, "annotator");

        get(bob, PROJECTS + "/" + projectId).expectStatus().isOk();
        delete(bob, PROJECTS + "/" + projectId).expectStatus().isForbidden();
        get(ann, PROJECTS + "/" + projectId).expectStatus().isOk();
    }

    @Test
    void makesAProjectFromAFormAsTheSdkSendsIt() {
        String name = unique("föö & bär");

        JsonNode project = json(as(ann).post()
                .uri(PROJECTS)
                .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                .body(BodyInserters.fromFormData("name", name))
                .exchange());

        assertThat(project.path("name").stringValue()).isEqualTo(name);
        assertThat(project.path("id").stringValue()).matches("[0-9a-f]{24}");
        assertThat(project.path("creator").stringValue()).isEqualTo(ann);
    }

    @Test
    void makesAProjectOnceForOneIdempotencyKey() {
        String name = unique("farm");
        String key = '"' + name.replace(' ', '-') + '"';

        JsonNode first = json(makeWithKey(ann, key, name));

        assertThat(json(makeWithKey(ann, key, name).expectHeader().valueEquals("Idempotency-Replayed", "true")))
                .isEqualTo(first);
        problem(makeWithKey(ann, key, name + " 2"), 422);
        assertThat(json(makeWithKey(bob, key, name)).path("id")).isNotEqualTo(first.path("id"));
    }

    private ResponseSpec makeWithKey(String email, String key, String name) {
        return as(email)
                .post()
                .uri(PROJECTS)
                .header("Idempotency-Key", key)
                .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                .body(BodyInserters.fromFormData("name", name))
                .exchange();
    }

    @Test
    void showsAProjectInThePublishedShape() {
        PEERS.knows(ann, "Ann");
        String projectId = project(ann);
        member(ann, projectId, bob, "engineer");

        JsonNode project = json(get(bob, PROJECTS + "/" + projectId));

        assertThat(project.propertyNames())
                .containsExactlyInAnyOrder(
                        "id",
                        "name",
                        "url",
                        "creator",
                        "org",
                        "account",
                        "role",
                        "isBlocked",
                        "archived",
                        "systemProject",
                        "featureConstraints",
                        "groups",
                        "guests",
                        "contributors",
                        "createdAt",
                        "updatedAt");
        assertThat(project.path("role").stringValue()).isEqualTo("engineer");
        assertThat(project.path("url").stringValue()).endsWith("/api/v1/projects/" + projectId);
        assertThat(project.path("createdAt").isIntegralNumber()).isTrue();
        JsonNode owner = project.path("contributors").path(0);
        assertThat(owner.path("email").stringValue()).isEqualTo(ann);
        assertThat(owner.path("firstName").stringValue()).isEqualTo("Ann");
        assertThat(owner.path("role").stringValue()).isEqualTo("owner");
        JsonNode stranger = project.path("contributors").path(1);
        assertThat(stranger.path("email").stringValue()).isEqualTo(bob);
        assertThat(stranger.path("firstName").stringValue()).isEmpty();
    }

    @Test
    void linksToTheAddressThatTheClientUsed() {
        String projectId = project(ann);

        as(ann).get()
                .uri(PROJECTS + "/" + projectId)
                .header("X-Forwarded-Host", "data.example.org")
                .header("X-Forwarded-Proto", "https")
                .exchange()
                .expectBody()
                .jsonPath("$.url")
                .isEqualTo("https://data.example.org/api/v1/projects/" + projectId);
    }

    @Test
    void findsAProjectByItsName() {
        String name = unique("my proj é %");
        json(post(ann, PROJECTS, Map.of("name", name)));

        JsonNode found = json(as(ann).get().uri(PROJECTS + "/{name}/name", name).exchange());

        assertThat(found).hasSize(1);
        assertThat(found.path(0).path("name").stringValue()).isEqualTo(name);
        as(bob).get()
                .uri(PROJECTS + "/{name}/name", name)
                .exchange()
                .expectStatus()
                .isNotFound();
        get(ann, PROJECTS + "/a/b/name").expectStatus().isNotFound();
    }

    @Test
    void listsTheProjectsOfWhichTheCallerIsAMember() {
        String own = project(ann);
        String shared = project(bob);
        member(bob, shared, ann, "annotator");
        project(bob);

        JsonNode listed = json(get(ann, PROJECTS));

        assertThat(listed.valueStream().map(project -> project.path("id").stringValue()))
                .containsExactly(own, shared);
    }

    @Test
    void refusesASecondProjectOfTheSameNameToTheSamePersonOnly() {
        String name = unique("twice");
        json(post(ann, PROJECTS, Map.of("name", name)));

        JsonNode problem = problem(post(ann, PROJECTS, Map.of("name", name)), 400);

        assertThat(problem.path("message").stringValue()).contains("Failed to create project");
        json(post(bob, PROJECTS, Map.of("name", name)));
    }

    @Test
    void makesOneProjectWhenTheSameNameIsAskedForAtTheSameMoment() {
        String name = unique("race");

        List<Integer> statuses = IntStream.range(0, 8)
                .parallel()
                .mapToObj(attempt -> post(ann, PROJECTS, Map.of("name", name))
                        .returnResult(Void.class)
                        .getStatus()
                        .value())
                .toList();

        assertThat(statuses).containsOnlyOnce(201).containsOnly(201, 400);
        assertThat(json(get(ann, PROJECTS))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\": \"a/b\"}",
                "{\"name\": 5}",
                "{\"name\": [\"a\"]}",
                "{\"name\": {}}",
                "{\"name\": null}",
                "{\"name\": \"  \"}",
                "{}"
            })
    void namesTheFieldThatIsWrong(String body) {
        JsonNode problem = problem(post(ann, PROJECTS, body), 400);

        assertThat(problem.path("errors").path(0).path("field").stringValue()).isEqualTo("name");
        assertThat(problem.path("message").stringValue()).startsWith("name: ").doesNotContain("java");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"nam", "[]", "null", "5", "\"text\"", "[[[[[[[[[["})
    void refusesWhatIsNoJsonObject(String body) {
        JsonNode problem = problem(post(ann, PROJECTS, body), 400);

        assertThat(problem.path("message").stringValue()).isNotBlank().doesNotContain("sluice", "java");
    }

    @Test
    void refusesOverlongNamesAndIgnoresUnknownKeys() {
        problem(post(ann, PROJECTS, Map.of("name", "x".repeat(251))), 400);

        json(post(ann, PROJECTS, Map.of("name", unique("known"), "newField", Map.of("a", 1))));
    }

    @Test
    void appliesOnlyTheNameOfAProjectThatComesBackWhole() {
        String projectId = project(ann);
        Map<String, Object> whole = Map.of(
                "id",
                "6b0183990000000000001001",
                "name",
                "renamed " + projectId,
                "creator",
                bob,
                "contributors",
                List.of(),
                "role",
                "annotator",
                "createdAt",
                5);

        patch(ann, PROJECTS + "/" + projectId, whole).expectStatus().isOk();

        JsonNode project = json(get(ann, PROJECTS + "/" + projectId));
        assertThat(project.path("name").stringValue()).isEqualTo("renamed " + projectId);
        assertThat(project.path("creator").stringValue()).isEqualTo(ann);
        assertThat(project.path("contributors")).hasSize(1);
        assertThat(project.path("id").stringValue()).isEqualTo(projectId);
    }

    @Test
    void refusesToRenameToATakenName() {
        String taken = unique("taken");
        json(post(ann, PROJECTS, Map.of("name", taken)));
        String projectId = project(ann);

        problem(patch(ann, PROJECTS + "/" + projectId, Map.of("name", taken)), 400);
    }

    @Test
    void freesTheNameOfADeletedProjectAtOnce() {
        String name = unique("again");
        String projectId =
                json(post(ann, PROJECTS, Map.of("name", name))).path("id").stringValue();

        delete(ann, PROJECTS + "/" + projectId).expectStatus().isNoContent();

        get(ann, PROJECTS + "/" + projectId).expectStatus().isNotFound();
        delete(ann, PROJECTS + "/" + projectId).expectStatus().isNotFound();
        assertThat(json(get(ann, PROJECTS))).isEmpty();
        json(post(ann, PROJECTS, Map.of("name", name)));
    }

    @Test
    void answersAnUnchangedProjectWithoutABody() {
        String path = PROJECTS + "/" + project(ann);
        String first = eTag(get(ann, path));

        as(ann).get()
                .uri(path)
                .header(HttpHeaders.IF_NONE_MATCH, first)
                .exchange()
                .expectStatus()
                .isNotModified()
                .expectHeader()
                .valueEquals(HttpHeaders.CACHE_CONTROL, "no-cache, private");

        patch(ann, path, Map.of("name", unique("other"))).expectStatus().isOk();
        as(ann).get()
                .uri(path)
                .header(HttpHeaders.IF_NONE_MATCH, first)
                .exchange()
                .expectStatus()
                .isOk();
    }

    @Test
    void refusesAChangeOfAnotherVersion() {
        String path = PROJECTS + "/" + project(ann);
        String old = eTag(get(ann, path));
        patch(ann, path, Map.of("name", unique("newer"))).expectStatus().isOk();

        for (HttpMethod method : List.of(HttpMethod.PATCH, HttpMethod.DELETE)) {
            as(ann).method(method)
                    .uri(path)
                    .header(HttpHeaders.IF_MATCH, old)
                    .contentType(MediaType.APPLICATION_JSON)
                    .bodyValue(Map.of("name", unique("late")))
                    .exchange()
                    .expectStatus()
                    .isEqualTo(412);
        }
        as(ann).delete()
                .uri(path)
                .header(HttpHeaders.IF_MATCH, eTag(get(ann, path)))
                .exchange()
                .expectStatus()
                .isNoContent();
    }

    @Test
    void addsChangesAndRemovesMembers() {
        String members = PROJECTS + "/" + project(ann) + "/members";

        JsonNode added = json(post(ann, members + "/" + bob.toUpperCase(Locale.ROOT), role("annotator")));
        assertThat(added.path(1).path("email").stringValue()).isEqualTo(bob);
        assertThat(added.path(1).path("role").stringValue()).isEqualTo("annotator");

        json(patch(ann, members + "/" + bob, role("engineer")));
        assertThat(json(get(bob, members)).path(1).path("role").stringValue()).isEqualTo("engineer");

        assertThat(json(delete(ann, members + "/" + bob))).hasSize(1);
        get(bob, members).expectStatus().isNotFound();
        problem(delete(ann, members + "/" + bob), 404);
        problem(patch(ann, members + "/" + bob, role("engineer")), 404);
    }

    @Test
    void takesTheSameMemberTwiceButNotWithAnotherRole() {
        String member = PROJECTS + "/" + project(ann) + "/members/" + bob;
        json(post(ann, member, role("annotator")));

        assertThat(json(post(ann, member, role("annotator")))).hasSize(2);
        problem(post(ann, member, role("owner")), 409);
        JsonNode updated = json(post(ann, member + "?allowUpdate=true", role("owner")));

        assertThat(updated.path(1).path("role").stringValue()).isEqualTo("owner");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"role\": \"boss\"}", "{\"role\": \"OWNER\"}", "{\"role\": null}", "{}"})
    void namesTheRolesThereAre(String body) {
        String member = PROJECTS + "/" + project(ann) + "/members/" + bob;

        JsonNode problem = problem(post(ann, member, body), 400);

        assertThat(problem.path("errors").path(0).path("field").stringValue()).isEqualTo("role");
        assertThat(problem.path("message").stringValue())
                .contains("owner", "engineer", "annotationManager", "annotator");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "a@b@c", "@b.c", "a@", "a%20b@c"})
    void refusesWhatIsNoEMailAddress(String email) {
        String path = PROJECTS + "/" + project(ann) + "/members/";

        var response = as(ann).post()
                .uri(URI.create(address() + path + email))
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(role("annotator"))
                .exchange();

        assertThat(problem(response, 400).path("errors").path(0).path("field").stringValue())
                .isEqualTo("email");
    }

    @Test
    void saysWhatIsWrongWithAPathThatGoesNoFurther() {
        JsonNode problem = problem(
                as(ann).get().uri(URI.create(address() + PROJECTS + "/a%00b")).exchange(), 400);

        assertThat(problem.path("message").stringValue()).contains("path");
    }

    @Test
    void keepsTheLastOwner() {
        String projectId = project(ann);
        String member = PROJECTS + "/" + projectId + "/members/" + ann;

        problem(delete(ann, member), 400);
        problem(patch(ann, member, role("engineer")), 400);
        member(ann, projectId, bob, "owner");

        assertThat(json(delete(bob, member))).hasSize(1);
        get(ann, PROJECTS + "/" + projectId).expectStatus().isNotFound();
    }

    @Test
    void losesNoneOfTheMembersThatAreAddedAtTheSameMoment() {
        String projectId = project(ann);

        IntStream.range(0, 12)
                .parallel()
                .forEach(number -> member(ann, projectId, number + "@example.org", "annotator"));

        assertThat(json(get(ann, PROJECTS + "/" + projectId + "/members"))).hasSize(13);
    }

    private static Map<String, String> role(String role) {
        return Map.of("role", role);
    }

    // The end of an account

    @Test
    void endsTheMembershipsOfAnAccountForAuthService() {
        String leaving = person("leaving");
        String staying = person("staying");
        String first = project(staying);
        String second = project(leaving);
        member(staying, first, leaving, "engineer");
        member(leaving, second, staying, "engineer");
        String service = PEERS.tokens().service("auth-service", "dataset-service");

        for (int repeated = 0; repeated < 2; repeated++) {
            withToken(service)
                    .delete()
                    .uri("/internal/memberships/" + leaving.toUpperCase(Locale.ROOT))
                    .exchange()
                    .expectStatus()
                    .isNoContent();
        }

        get(leaving, "/api/v1/projects/" + first).expectStatus().isNotFound();
        get(leaving, "/api/v1/projects/" + second).expectStatus().isNotFound();
        JsonNode project = json(get(staying, "/api/v1/projects/" + second));
        assertThat(project.path("creator").stringValue()).isEqualTo(leaving);
        assertThat(project.path("contributors").size()).isOne();
    }

    @Test
    void endsTheBotsOfADeletedProject() {
        String deleted = project(ann);
        String kept = project(ann);

        delete(ann, PROJECTS + "/" + deleted).expectStatus().isNoContent();

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(PEERS.projectsWithoutBots()).contains(deleted));
        assertThat(PEERS.projectsWithoutBots()).doesNotContain(kept);
    }

    @Test
    void endsMembershipsForServicesOnly() {
        String owner = person("owner");
        String projectId = project(owner);

        delete(owner, "/internal/memberships/" + owner).expectStatus().isForbidden();
        anonymous()
                .delete()
                .uri("/internal/memberships/" + owner)
                .exchange()
                .expectStatus()
                .isUnauthorized();

        get(owner, "/api/v1/projects/" + projectId).expectStatus().isOk();
    }
}
