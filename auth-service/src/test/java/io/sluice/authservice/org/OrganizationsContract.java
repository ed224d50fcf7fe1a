package io.sluice.authservice.org;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.authservice.SignedInPeople;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;
import tools.jackson.databind.JsonNode;

abstract class OrganizationsContract extends SignedInPeople {

    @Test
    void belongToWhoMakesThem() {
        String ann = person("ann");

        JsonNode made =
                json(post(ann, "/api/v1/orgs", Map.of("name", "Ann & Co", "logoUrl", "https://ann.example/l.png")));

        String path = "/api/v1/orgs/" + made.path("id").stringValue();
        JsonNode found = json(get(ann, path));
        assertThat(found).isEqualTo(made);
        assertThat(found.path("name").stringValue()).isEqualTo("Ann & Co");
        assertThat(found.path("logoUrl").stringValue()).isEqualTo("https://ann.example/l.png");
        assertThat(found.path("owner").stringValue()).isEqualTo(ann);
        assertThat(found.path("creator").stringValue()).isEqualTo(ann);
        assertThat(found.path("role").stringValue()).isEqualTo("owner");
        assertThat(texts(found.path("members"))).containsExactly(ann);
        assertThat(found.path("groups").isArray()).isTrue();
        assertThat(found.path("createdAt").isNumber()).isTrue();
        assertThat(found.path("url").stringValue()).endsWith(path);
    }

    @Test
    void areMadeAtAnAddressAndChangedAsTheyWereRead() {
        String ann = person("ann");
        HttpHeaders made = made(post(ann, "/api/v1/orgs", Map.of("name", "made")));
        String path = pathOf(made);

        isChangedByItsTagOnly(ann, path, tagOf(made));

        HttpHeaders group = made(post(
                ann, "/api/v1/groups", Map.of("name", "made", "orgId", path.substring(path.lastIndexOf('/') + 1))));
        isChangedByItsTagOnly(ann, pathOf(group), tagOf(group));
    }

    private void isChangedByItsTagOnly(String email, String path, String tag) {
        conditional(email, HttpMethod.GET, path, HttpHeaders.IF_NONE_MATCH, tag)
                .expectStatus()
                .isNotModified();
        changed(email, HttpMethod.PATCH, path, tag).expectStatus().isOk();
        changed(email, HttpMethod.PATCH, path, tag).expectStatus().isEqualTo(412);
        changed(email, HttpMethod.DELETE, path, tag).expectStatus().isEqualTo(412);
        json(get(email, path));
    }

    private ResponseSpec changed(String email, HttpMethod method, String path, String tag) {
        return conditional(email, method, path, HttpHeaders.IF_MATCH, tag);
    }

    private static HttpHeaders made(ResponseSpec answer) {
        return answer.expectStatus().isCreated().expectBody().returnResult().getResponseHeaders();
    }

    private static String tagOf(HttpHeaders made) {
        return Objects.requireNonNull(made.getETag());
    }

    private static String pathOf(HttpHeaders made) {
        return Objects.requireNonNull(made.getLocation()).getPath();
    }

    @Test
    void areListedAsAPlainArrayToTheirMembersOnly() {
        String ann = person("ann");
        String bob = person("bob");
        String first = organization(ann);
        String second = organization(ann);
        organization(bob);

        JsonNode list = json(get(ann, "/api/v1/orgs"));

        assertThat(list.isArray()).isTrue();
        assertThat(list.valueStream().map(each -> each.path("id").stringValue()))
                .containsExactly(first, second);
    }

    @Test
    void areUnknownToEverybodyElse() {
        String ann = person("ann");
        String bob = person("bob");
        String path = "/api/v1/orgs/" + organization(ann);

        JsonNode hidden = problem(get(bob, path), 404);

        assertThat(hidden).isEqualTo(problem(get(bob, "/api/v1/orgs/6b0183990000000000009999"), 404));
        assertThat(hidden).isEqualTo(problem(get(bob, "/api/v1/orgs/some_id"), 404));
        // Nor does an administrator of the platform belong to it.
        assertThat(hidden).isEqualTo(problem(get(ADMINISTRATOR, path), 404));
        problem(patch(bob, path, Map.of("name", "mine")), 404);
        problem(delete(bob, path), 404);
        problem(get(bob, path + "/members"), 404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "a\u0007b"})
    void haveANameThatCanBeShown(String name) {
        String ann = person("ann");

        assertThat(field(problem(post(ann, "/api/v1/orgs", Map.of("name", name)), 400)))
                .isEqualTo("name");
        assertThat(field(problem(post(ann, "/api/v1/orgs", Map.of("name", "x".repeat(251))), 400)))
                .isEqualTo("name");
        assertThat(field(
                        problem(post(ann, "/api/v1/orgs", Map.of("name", "x", "logoUrl", "javascript:alert(1)")), 400)))
                .isEqualTo("logoUrl");
    }

    @Test
    void areRenamedAndDeleted() {
        String ann = person("ann");
        String path = "/api/v1/orgs/" + organization(ann);

        assertThat(json(patch(ann, path, Map.of("name", "new", "creator", "eve@example.org")))
                        .path("name")
                        .stringValue())
                .isEqualTo("new");
        assertThat(json(get(ann, path)).path("creator").stringValue()).isEqualTo(ann);

        delete(ann, path).expectStatus().isNoContent();
        problem(get(ann, path), 404);
    }

    @Test
    void takeMembersWhoHaveNoAccountYetWhateverTheCase() {
        String ann = person("ann");
        String path = "/api/v1/orgs/" + organization(ann) + "/members";
        String carl = stranger("carl");
        String upper = carl.toUpperCase(Locale.ROOT);

        JsonNode members = json(post(ann, path, Map.of("emails", List.of(upper, carl), "role", "member")));
        // The SDK repeats what it has no answer to.
        assertThat(json(post(ann, path, Map.of("emails", List.of(upper), "role", "member"))))
                .isEqualTo(members);

        assertThat(members.valueStream().map(each -> each.path("email").stringValue()))
                .containsExactly(ann, carl);
        assertThat(members.get(1).path("role").stringValue()).isEqualTo("member");
        assertThat(members.get(1).path("status").stringValue()).isEqualTo("invited");
        assertThat(members.get(0).path("firstName").stringValue()).isEqualTo("ann");
        problem(post(ann, path, Map.of("emails", List.of(carl), "role", "worker")), 409);
        assertThat(json(patch(ann, path, Map.of("email", upper, "role", "worker")))
                        .get(1)
                        .path("role")
                        .stringValue())
                .isEqualTo("worker");
        delete(ann, path + "/" + upper).expectStatus().isNoContent();
        assertThat(json(get(ann, path)).size()).isEqualTo(1);
        problem(delete(ann, path + "/" + carl), 404);
    }

    @Test
    void keepTheirLastOwner() {
        String ann = person("ann");
        String bob = person("bob");
        String path = "/api/v1/orgs/" + organization(ann) + "/members";

        assertThat(field(problem(delete(ann, path + "/" + ann), 400))).isEqualTo("email");
        assertThat(field(problem(patch(ann, path, Map.of("email", ann, "role", "admin")), 400)))
                .isEqualTo("email");

        json(post(ann, path, Map.of("emails", List.of(bob), "role", "owner")));
        delete(bob, path + "/" + ann).expectStatus().isNoContent();
        problem(get(ann, path), 404);
        problem(delete(bob, path + "/" + bob), 400);
    }

    @Test
    void letOnlyOwnersMakeAndRemoveOwners() {
        String ann = person("ann");
        String bob = person("bob");
        String path = "/api/v1/orgs/" + organization(ann) + "/members";
        json(post(ann, path, Map.of("emails", List.of(bob), "role", "admin")));

        problem(patch(bob, path, Map.of("email", bob, "role", "owner")), 403);
        problem(post(bob, path, Map.of("emails", List.of(stranger("eve")), "role", "owner")), 403);
        problem(patch(bob, path, Map.of("email", ann, "role", "worker")), 403);
        problem(delete(bob, path + "/" + ann), 403);

        json(post(bob, path, Map.of("emails", List.of(stranger("carl")), "role", "worker")));
    }

    @Test
    void nameTheFieldThatIsWrong() {
        String ann = person("ann");
        String path = "/api/v1/orgs/" + organization(ann) + "/members";

        assertThat(field(problem(post(ann, path, Map.of("role", "member")), 400)))
                .isEqualTo("emails");
        assertThat(field(problem(post(ann, path, Map.of("emails", List.of("nobody"), "role", "member")), 400)))
                .isEqualTo("emails");
        assertThat(field(problem(post(ann, path, Map.of("emails", List.of(ann), "role", "engineer")), 400)))
                .isEqualTo("role");
    }

    @Test
    void haveGroupsOfTheirMembers() {
        String ann = person("ann");
        String bob = person("bob");
        String orgId = organization(ann);
        json(post(ann, "/api/v1/orgs/" + orgId + "/members", Map.of("emails", List.of(bob), "role", "member")));

        JsonNode group = json(post(ann, "/api/v1/groups", Map.of("name", "labelers", "orgId", orgId)));

        String path = "/api/v1/groups/" + group.path("id").stringValue();
        assertThat(group.path("org").stringValue()).isEqualTo(orgId);
        assertThat(json(get(bob, path))).isEqualTo(group);
        assertThat(json(get(bob, "/api/v1/orgs/" + orgId + "/groups")).get(0)).isEqualTo(group);
        assertThat(json(get(bob, "/api/v1/groups")).get(0)).isEqualTo(group);
        assertThat(texts(json(get(bob, "/api/v1/orgs/" + orgId)).path("groups")))
                .containsExactly(group.path("id").stringValue());
        assertThat(json(post(ann, path + "/members", Map.of("user_id", bob.toUpperCase(Locale.ROOT))))
                        .get(0)
                        .path("email")
                        .stringValue())
                .isEqualTo(bob);
        assertThat(field(problem(post(ann, path + "/members", Map.of("user_id", stranger("eve"))), 400)))
                .isEqualTo("user_id");
        problem(post(bob, path + "/members", Map.of("user_id", ann)), 403);
        problem(get(person("carl"), path), 404);
        assertThat(json(patch(ann, path, Map.of("name", "others"))).path("name").stringValue())
                .isEqualTo("others");
        assertThat(json(patch(ann, path + "/owner", Map.of("newGroupOwnerId", bob)))
                        .path("owner")
                        .stringValue())
                .isEqualTo(bob);
        delete(ann, path).expectStatus().isNoContent();
        problem(get(ann, path), 404);
    }

    @Test
    void putGroupsIntoGroupsButNotInACircle() {
        String ann = person("ann");
        String orgId = organization(ann);
        String inner = group(ann, orgId, "inner");
        String middle = group(ann, orgId, "middle");
        String outer = group(ann, orgId, "outer");
        json(post(ann, "/api/v1/groups/" + inner + "/members", Map.of("user_id", ann)));

        json(post(ann, "/api/v1/groups/" + middle + "/subgroups", Map.of("sub_group_id", inner)));
        json(post(ann, "/api/v1/groups/" + outer + "/subgroups", Map.of("sub_group_id", middle)));

        assertThat(groupsOf(ann)).containsExactlyInAnyOrder(inner, middle, outer);
        problem(post(ann, "/api/v1/groups/" + inner + "/subgroups", Map.of("sub_group_id", outer)), 400);
        problem(post(ann, "/api/v1/groups/" + inner + "/subgroups", Map.of("sub_group_id", inner)), 400);
        String foreign = group(ann, organization(ann), "foreign");
        problem(post(ann, "/api/v1/groups/" + inner + "/subgroups", Map.of("sub_group_id", foreign)), 400);
        JsonNode tree = json(get(ann, "/api/v1/groups/" + outer + "/tree"));
        assertThat(tree.path("subgroups")
                        .get(0)
                        .path("subgroups")
                        .get(0)
                        .path("id")
                        .stringValue())
                .isEqualTo(inner);
        assertThat(json(get(ann, "/api/v1/groups/" + outer + "/subgroups"))
                        .get(0)
                        .path("id")
                        .stringValue())
                .isEqualTo(middle);
        delete(ann, "/api/v1/groups/" + outer + "/subgroups/" + middle)
                .expectStatus()
                .isNoContent();
        assertThat(groupsOf(ann)).containsExactlyInAnyOrder(inner, middle);
    }

    @Test
    void takeThoseWhoLeaveOutOfTheirGroups() {
        String ann = person("ann");
        String bob = person("bob");
        String orgId = organization(ann);
        String members = "/api/v1/orgs/" + orgId + "/members";
        json(post(ann, members, Map.of("emails", List.of(bob), "role", "member")));
        String group = group(ann, orgId, "labelers");
        json(post(ann, "/api/v1/groups/" + group + "/members", Map.of("user_id", bob)));
        assertThat(groupsOf(bob.toUpperCase(Locale.ROOT))).containsExactly(group);

        delete(ann, members + "/" + bob).expectStatus().isNoContent();

        assertThat(groupsOf(bob)).isEmpty();
        assertThat(json(get(ann, "/api/v1/groups/" + group + "/members")).isEmpty())
                .isTrue();
    }

    @Test
    void forgetThoseWhoseAccountHasEnded() {
        String ann = person("ann");
        String bob = person("bob");
        String orgId = organization(ann);
        String members = "/api/v1/orgs/" + orgId + "/members";
        json(post(ann, members, Map.of("emails", List.of(bob), "role", "owner")));
        String group = group(ann, orgId, "labelers");
        json(post(ann, "/api/v1/groups/" + group + "/members", Map.of("user_id", bob)));

        delete(ADMINISTRATOR, "/api/v1/users/" + bob).expectStatus().isNoContent();

        assertThat(json(get(ann, members))
                        .valueStream()
                        .map(each -> each.path("email").stringValue()))
                .containsExactly(ann);
        assertThat(groupsOf(bob)).isEmpty();
    }

    @Test
    void areLookedUpByOtherServices() {
        String ann = person("ann");
        String orgId = organization(ann);
        String group = group(ann, orgId, "labelers");
        List<String> ids = List.of(orgId, "6b0183990000000000009999");

        JsonNode known = json(postAsService("/internal/orgs/query", Map.of("ids", ids, "email", ann)));
        JsonNode foreign = json(postAsService("/internal/orgs/query", Map.of("ids", ids, "email", stranger("eve"))));
        JsonNode groups = json(postAsService("/internal/groups/query", Map.of("ids", List.of(group))));

        assertThat(known.size()).isEqualTo(1);
        assertThat(known.get(0).path("role").stringValue()).isEqualTo("owner");
        assertThat(known.get(0).path("name").stringValue()).isEqualTo("organization");
        assertThat(foreign.get(0).path("role").isNull()).isTrue();
        assertThat(groups.get(0).path("organizationId").stringValue()).isEqualTo(orgId);
        problem(post(ann, "/internal/groups/of", Map.of("email", ann)), 403);
        problem(post(ann, "/internal/orgs/query", Map.of("ids", ids)), 403);
    }

    private String group(String owner, String orgId, String name) {
        return json(post(owner, "/api/v1/groups", Map.of("name", name, "orgId", orgId)))
                .path("id")
                .stringValue();
    }

    private List<String> groupsOf(String email) {
        return texts(json(postAsService("/internal/groups/of", Map.of("email", email))));
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::stringValue).toList();
    }

    private static String field(JsonNode problem) {
        return problem.path("errors").get(0).path("field").stringValue();
    }
}
