package io.sluice.datasetservice.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.datasetservice.ApiContract;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;

abstract class SettingContract extends ApiContract {

    private static final String SETTINGS = "/api/v1/settings";

    @Autowired
    private Settings settings;

    private static Map<String, Object> setting(String name, String type, String id, Object value) {
        return setting(name, type, id, value, "*", false);
    }

    private static Map<String, Object> setting(
            String name, String type, String id, Object value, String role, boolean preventOverride) {
        return Map.of(
                "name",
                name,
                "valueType",
                value instanceof Boolean ? "boolean" : value instanceof Number ? "number" : "string",
                "value",
                value,
                "settingType",
                "user_settings",
                "sectionName",
                "SDK",
                "scope",
                Map.of("type", type, "id", id, "role", role, "preventOverride", preventOverride, "visible", true));
    }

    private String created(String email, Map<String, Object> setting) {
        return json(post(email, SETTINGS, setting)).path("id").stringValue();
    }

    private Map<String, Object> resolved(String email, Map<String, Object> place) {
        Map<String, Object> question = new HashMap<>(place);
        question.put("userId", email);
        Map<String, Object> values = new HashMap<>();
        json(post(email, SETTINGS + "/resolve", question))
                .forEach(found -> values.put(
                        found.path("name").stringValue(), found.path("value").asString()));
        return values;
    }

    private List<String> found(String email, Map<String, Object> filter) {
        JsonNode page = json(post(email, SETTINGS + "/query", Map.of("filter", filter, "resource", "setting")));
        return page.path("items")
                .valueStream()
                .map(item -> item.path("id").stringValue())
                .toList();
    }

    @Test
    void isMadeReadChangedAndDeleted() {
        String ann = person("ann");
        JsonNode made = json(post(ann, SETTINGS, setting("theme", "user", ann, "dark")));
        String address = SETTINGS + "/" + made.path("id").stringValue();
        assertThat(made.path("scope").path("type").stringValue()).isEqualTo("user");
        assertThat(json(get(ann, address))).isEqualTo(made);

        // As the SDK does: everything but id and name, with nulls.
        Map<String, @Nullable Object> change = new HashMap<>(Map.of(
                "value",
                "light",
                "valueType",
                "string",
                "settingType",
                "user_settings",
                "scope",
                Map.of("type", "user", "id", ann, "role", "*", "preventOverride", false, "visible", true)));
        change.put("description", null);
        JsonNode changed = json(patch(ann, address, change));
        assertThat(changed.path("value").stringValue()).isEqualTo("light");
        assertThat(changed.path("name").stringValue()).isEqualTo("theme");

        delete(ann, address).expectStatus().isNoContent();
        problem(get(ann, address), 404);
    }

    @Test
    void ofTwoWritersWithIfMatchOneWins() {
        String ann = person("ann");
        String address = SETTINGS + "/" + created(ann, setting("theme", "user", ann, "dark"));
        String tag = eTag(get(ann, address));
        patch(ann, address, Map.of("value", "light")).expectStatus().isOk();
        problem(
                as(ann).patch()
                        .uri(address)
                        .header(HttpHeaders.IF_MATCH, tag)
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(Map.of("value", "grey"))
                        .exchange(),
                412);
    }

    @Test
    void ofOneNameTheNarrowestCounts() {
        String ann = person("ann");
        String project = project(ann);
        String dataset = dataset(ann, project);
        created(ann, setting("a", "project", project, "of the project"));
        assertThat(resolved(ann, Map.of("datasetId", dataset))).containsEntry("a", "of the project");
        created(ann, setting("a", "dataset", dataset, "of the dataset"));
        assertThat(resolved(ann, Map.of("datasetId", dataset))).containsEntry("a", "of the dataset");
        assertThat(resolved(ann, Map.of("projectId", project))).containsEntry("a", "of the project");
        created(ann, setting("a", "user", ann, "my own"));
        assertThat(resolved(ann, Map.of("datasetId", dataset))).containsEntry("a", "my own");
    }

    @Test
    void aWiderOneThatPreventsItIsNotOverridden() {
        String ann = person("ann");
        String project = project(ann);
        created(ann, setting("b", "user", ann, "my own"));
        created(ann, setting("b", "project", project, "of the project", "*", true));
        assertThat(resolved(ann, Map.of("projectId", project))).containsEntry("b", "of the project");
        assertThat(resolved(ann, Map.of())).containsEntry("b", "my own");
    }

    @Test
    void theOneForMyRoleCountsBeforeTheOneForAllAndOneForAnotherDoesNot() {
        String ann = person("ann");
        String project = project(ann);
        created(ann, setting("c", "project", project, "for all"));
        created(ann, setting("c", "project", project, "for annotators", "annotator", false));
        assertThat(resolved(ann, Map.of("projectId", project))).containsEntry("c", "for all");
        created(ann, setting("c", "project", project, "for owners", "owner", false));
        assertThat(resolved(ann, Map.of("projectId", project))).containsEntry("c", "for owners");
    }

    @Test
    void thoseOfTheOrganizationOfAProjectCountInIt() {
        String ann = person("ann");
        String organization = new ObjectId().toHexString();
        PEERS.knowsOrganization(organization, ann, "owner");
        String project = project(ann);
        patch(ann, "/api/v1/projects/" + project + "/org", Map.of("org_id", organization))
                .expectStatus()
                .isOk();
        created(ann, setting("d", "org", organization, 5));
        assertThat(resolved(ann, Map.of("projectId", project))).containsEntry("d", "5");
        assertThat(resolved(ann, Map.of("orgId", organization))).containsEntry("d", "5");
        assertThat(resolved(ann, Map.of())).isEmpty();
    }

    @Test
    void onlyTheNamesThatAreAskedForAreResolved() {
        String ann = person("ann");
        created(ann, setting("e", "user", ann, true));
        created(ann, setting("f", "user", ann, true));
        JsonNode some =
                json(post(ann, SETTINGS + "/resolve", Map.of("userCtx", Map.of("userId", ann), "flags", List.of("f"))));
        assertThat(some.valueStream().map(found -> found.path("name").stringValue()))
                .containsExactly("f");
    }

    @Test
    void nobodyResolvesForAnother() {
        String ann = person("ann");
        problem(post(ann, SETTINGS + "/resolve", Map.of("userId", person("bob"))), 403);
    }

    @Test
    void strangersSeeNothingOfThem() {
        String ann = person("ann");
        String bob = person("bob");
        String project = project(ann);
        String dataset = dataset(ann, project);
        for (Map<String, Object> some : List.of(
                setting("g", "user", ann, 1),
                setting("g", "project", project, 1),
                setting("g", "dataset", dataset, 1))) {
            String id = created(ann, some);
            assertThat(problem(get(bob, SETTINGS + "/" + id), 404))
                    .isEqualTo(problem(get(bob, SETTINGS + "/" + new ObjectId()), 404));
            problem(patch(bob, SETTINGS + "/" + id, Map.of("value", 2)), 404);
            problem(delete(bob, SETTINGS + "/" + id), 404);
            problem(post(bob, SETTINGS, some), 404);
        }
        assertThat(found(bob, Map.of("name", "g"))).isEmpty();
        assertThat(found(ann, Map.of("name", "g"))).hasSize(3);
    }

    @Test
    void whoMayNotChangeTheProjectReadsItsSettingsOnly() {
        String ann = person("ann");
        String bob = person("bob");
        String project = project(ann);
        member(ann, project, bob, "annotator");
        String id = created(ann, setting("h", "project", project, 1));
        json(get(bob, SETTINGS + "/" + id));
        problem(patch(bob, SETTINGS + "/" + id, Map.of("value", 2)), 403);
        problem(post(bob, SETTINGS, setting("i", "project", project, 1)), 403);
    }

    @Test
    void thoseOfThePlatformAreForAdministratorsToChange() {
        problem(post(person("ann"), SETTINGS, setting("j", "DATALOOP", "*", 1)), 403);
    }

    @Test
    void areFoundByScopeAndNameAndAnUnknownOrderIsIgnored() {
        String ann = person("ann");
        String project = project(ann);
        String id = created(ann, setting("k", "project", project, 1));
        created(ann, setting("l", "user", ann, 1));
        assertThat(found(ann, Map.of("scope.id", project))).containsExactly(id);
        JsonNode page = json(post(
                ann,
                SETTINGS + "/query",
                Map.of("filter", Map.of(), "resource", "setting", "sort", Map.of("ascending", "ascending"))));
        assertThat(page.path("totalItemsCount").intValue()).isEqualTo(2);
    }

    @Test
    void aNameIsTakenOncePerScopeAndRole() {
        String ann = person("ann");
        created(ann, setting("m", "user", ann, 1));
        problem(post(ann, SETTINGS, setting("m", "user", ann, 2)), 400);
        created(ann, setting("m", "user", ann, 2, "owner", false));
    }

    @Test
    void whatIsWrongIsNamed() {
        String ann = person("ann");
        Map<String, Object> good = setting("n", "user", ann, 1);
        Map.of(
                        "name", "",
                        "valueType", "colour",
                        "settingType", "wish",
                        "value", "not a number",
                        "scope", Map.of("type", "galaxy", "id", "x"))
                .forEach((member, wrong) -> {
                    Map<String, Object> bad = new HashMap<>(good);
                    bad.put(member, wrong);
                    assertThat(problem(post(ann, SETTINGS, bad), 400)
                                    .path("detail")
                                    .stringValue())
                            .contains(member);
                });
        String address = SETTINGS + "/" + created(ann, good);
        Map.<String, Object>of("valueType", 5, "scope", Map.of("type", "galaxy"), "metadata", "none")
                .forEach((member, wrong) -> assertThat(problem(patch(ann, address, Map.of(member, wrong)), 400)
                                .path("detail")
                                .stringValue())
                        .contains(member));
        problem(post(ann, SETTINGS, setting("n", "task", "5", 1)), 422);
        problem(post(ann, SETTINGS, setting("n", "user", ann, "x".repeat(70_000))), 413);
    }

    @Test
    void goWithTheirDatasetAndProject() {
        String ann = person("ann");
        String project = project(ann);
        String dataset = dataset(ann, project);
        String ofDataset = created(ann, setting("o", "dataset", dataset, 1));
        String ofProject = created(ann, setting("o", "project", project, 1));
        delete(ann, "/api/v1/datasets/" + dataset).expectStatus().isNoContent();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(stored(ofDataset)).isFalse());
        assertThat(stored(ofProject)).isTrue();
        delete(ann, "/api/v1/projects/" + project).expectStatus().isNoContent();
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(stored(ofProject)).isFalse());
    }

    private boolean stored(String id) {
        return settings.find(id).hasElement().blockOptional().orElseThrow();
    }
}
