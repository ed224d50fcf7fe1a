package io.sluice.datasetservice.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.datasetservice.ApiContract;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

abstract class ProjectGroupsContract extends ApiContract {

    /** Five seconds are promised; the rest is for busy machines. */
    private static final Duration SOON = Duration.ofSeconds(8);

    private final String ann = person("ann");
    private final String bob = person("bob");
    private final String orgId = ObjectId.get().toHexString();
    private final String group = orgId + "-labelers";

    @Test
    void letTheirMembersIntoAProject() {
        String projectId = projectWithGroup("annotator");
        String datasetId = dataset(ann, projectId);

        JsonNode project = json(get(bob, "/api/v1/projects/" + projectId));
        assertThat(project.path("role").stringValue()).isEqualTo("annotator");
        assertThat(project.path("groups").get(0).stringValue()).isEqualTo(group);
        assertThat(json(get(bob, "/api/v1/projects")).get(0)).isEqualTo(project);
        assertThat(json(get(bob, "/api/v1/datasets/" + datasetId)).path("id").stringValue())
                .isEqualTo(datasetId);
        assertThat(json(get(bob, "/api/v1/datasets")).size()).isEqualTo(1);
        problem(patch(bob, "/api/v1/projects/" + projectId, Map.of("name", unique("mine"))), 403);
        JsonNode groups = json(get(bob, "/api/v1/projects/" + projectId + "/subgroups"));
        assertThat(groups.get(0).path("id").stringValue()).isEqualTo(group);
        assertThat(groups.get(0).path("role").stringValue()).isEqualTo("annotator");
        assertThat(groups.get(0).path("members").get(0).stringValue()).isEqualTo(bob);
    }

    @Test
    void giveTheHighestOfSeveralRoles() {
        String projectId = projectWithGroup("annotator");
        String path = "/api/v1/projects/" + projectId;
        member(ann, projectId, bob, "annotationManager");
        assertThat(json(get(bob, path)).path("role").stringValue()).isEqualTo("annotationManager");

        json(patch(ann, path + "/subgroups/" + group, Map.of("role", "engineer")));

        assertThat(json(get(bob, path)).path("role").stringValue()).isEqualTo("engineer");
    }

    @Test
    void putOutWhoLeavesThemWithinSeconds() {
        String projectId = projectWithGroup("engineer");
        json(get(bob, "/api/v1/projects/" + projectId));

        PEERS.knowsGroup(group);

        await().atMost(SOON)
                .untilAsserted(() ->
                        get(bob, "/api/v1/projects/" + projectId).expectStatus().isNotFound());
        assertThat(json(get(bob, "/api/v1/projects")).isEmpty()).isTrue();
    }

    @Test
    void putOutTheirMembersWhenTheyAreRemoved() {
        String projectId = projectWithGroup("engineer");
        String path = "/api/v1/projects/" + projectId + "/subgroups/" + group;

        delete(ann, path).expectStatus().isNoContent();

        problem(get(bob, "/api/v1/projects/" + projectId), 404);
        problem(delete(ann, path), 404);
        problem(patch(ann, path, Map.of("role", "owner")), 404);
    }

    @Test
    void tellOtherServicesForHowLongAnAnswerHolds() {
        String projectId = projectWithGroup("engineer");
        String access = "/internal/access/datasets/" + dataset(ann, projectId);

        assertThat(json(get(bob, access)).path("freshForMillis").longValue()).isBetween(0L, 5_000L);
        long first = json(get(bob, access)).path("freshForMillis").longValue();
        assertThat(json(get(bob, access)).path("freshForMillis").longValue()).isLessThanOrEqualTo(first);
        assertThat(json(get(ann, access)).path("role").stringValue()).isEqualTo("owner");
    }

    @Test
    void areAddedByMembersOfTheirOrganizationOnly() {
        String projectId = project(bob);
        PEERS.knowsOrganization(orgId, ann, "member");
        PEERS.knowsGroup(group);
        String path = "/api/v1/projects/" + projectId + "/subgroups/";

        JsonNode hidden = problem(post(bob, path + group, Map.of("role", "engineer")), 404);

        assertThat(hidden.toString().replace(group, "?"))
                .isEqualTo(problem(post(bob, path + "unknown-1", Map.of("role", "engineer")), 404)
                        .toString()
                        .replace("unknown-1", "?"));
        problem(post(ann, path + group, Map.of("role", "engineer")), 404);
        problem(post(bob, path + group, Map.of("role", "admin")), 400);
    }

    @Test
    void belongToAnOrganizationAsTheProjectDoes() {
        String projectId = project(ann);
        String other = project(ann);
        PEERS.knowsOrganization(orgId, ann, "member");
        PEERS.knowsOrganization(orgId, bob, "worker");

        JsonNode moved = json(patch(ann, "/api/v1/projects/" + projectId + "/org", Map.of("org_id", orgId)));

        assertThat(moved.path("org").path("id").stringValue()).isEqualTo(orgId);
        assertThat(moved.path("org").path("name").stringValue()).isEqualTo("organization " + orgId);
        assertThat(json(get(ann, "/api/v1/orgs/" + orgId + "/projects"))
                        .valueStream()
                        .map(project -> project.path("id").stringValue()))
                .containsExactly(projectId)
                .doesNotContain(other);
        // The organization gives no rights in its projects.
        assertThat(json(get(bob, "/api/v1/orgs/" + orgId + "/projects")).isEmpty())
                .isTrue();
        problem(get(person("eve"), "/api/v1/orgs/" + orgId + "/projects"), 404);
        problem(get(ann, "/api/v1/orgs/some_id/projects"), 404);
        problem(patch(bob, "/api/v1/projects/" + project(bob) + "/org", Map.of("org_id", orgId)), 403);
        problem(patch(ann, "/api/v1/projects/" + other + "/org", Map.of("org_id", "some_id")), 404);
        String together = "/api/v1/orgs/" + orgId + "/members/" + bob.toUpperCase(Locale.ROOT);
        assertThat(json(get(ann, together + "/related")).booleanValue()).isFalse();
        member(ann, projectId, bob, "annotator");
        assertThat(json(get(ann, together + "/related")).booleanValue()).isTrue();
        assertThat(json(get(ann, together + "/projects")).size()).isEqualTo(1);
    }

    @Test
    void areNotNeededToAddManyMembersAtOnce() {
        String projectId = project(ann);
        String path = "/api/v1/projects/" + projectId + "/members";
        String carl = person("carl");

        JsonNode members = json(post(
                ann, path, Map.of("role", "engineer", "users", List.of(bob.toUpperCase(Locale.ROOT), carl, bob))));

        assertThat(members.valueStream().map(member -> member.path("email").stringValue()))
                .containsExactly(ann, bob, carl);
        problem(post(ann, path, Map.of("role", "engineer", "users", List.of())), 400);
        problem(post(ann, path, Map.of("role", "engineer", "users", List.of("nobody"))), 400);
    }

    private String projectWithGroup(String role) {
        PEERS.knowsOrganization(orgId, ann, "member");
        PEERS.knowsGroup(group, bob);
        String projectId = project(ann);
        json(post(ann, "/api/v1/projects/" + projectId + "/subgroups/" + group, Map.of("role", role)));
        return projectId;
    }
}
