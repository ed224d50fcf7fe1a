package io.sluice.modelservice.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.modelservice.testing.RunningModelService;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;

abstract class ModelContract extends RunningModelService {

    private static final String MODELS = "/api/v1/ml/models";
    private static final String MERGE_PATCH = "application/merge-patch+json";

    private static String name() {
        return "model " + UUID.randomUUID();
    }

    private Reply create(String project, String name) {
        return ask("engineer", HttpMethod.POST, MODELS, Map.of("name", name, "projectId", project));
    }

    private Reply patch(String modelId, Map<String, ?> change, String... headers) {
        return ask("engineer", HttpMethod.PATCH, MODELS + "/" + modelId, change, headers);
    }

    private Reply get(String modelId) {
        return ask("annotator", HttpMethod.GET, MODELS + "/" + modelId, null);
    }

    private List<String> found(Map<String, ?> query) {
        return ask("annotator", HttpMethod.POST, MODELS + "/query", query)
                .at("/items")
                .valueStream()
                .map(model -> model.path("name").asString())
                .toList();
    }

    @Test
    void isMadeWithDefaultsReadAndDeleted() {
        String project = newProject();
        String name = name();
        Reply made = create(project, name);

        assertThat(made.status()).isEqualTo(200);
        assertThat(made.at("/context/project").asString()).isEqualTo(project);
        assertThat(made.at("/context/creator").asString()).isEqualTo("engineer@example.org");
        assertThat(made.at("/status").asString()).isEqualTo("created");
        assertThat(made.at("/version").asString()).isEqualTo("1.0.0");
        assertThat(made.at("/artifacts").isArray()).isTrue();
        assertThat(made.at("/statusLogs/0/status").asString()).isEqualTo("created");
        assertThat(made.at("/url").asString()).endsWith(MODELS + "/" + made.id());
        assertThat(get(made.id()).json()).isEqualTo(made.json());

        assertThat(ask("engineer", HttpMethod.DELETE, MODELS + "/" + made.id(), null)
                        .status())
                .isEqualTo(204);
        assertThat(get(made.id()).status()).isEqualTo(404);
    }

    @Test
    void aNameIsUniqueInItsProject() {
        String project = newProject();
        String name = name();
        create(project, name);

        Reply again = create(project, name);
        Reply elsewhere = create(newProject(), name);

        assertThat(again.status()).isEqualTo(400);
        assertThat(again.at("/errors/0/field").asString()).isEqualTo("name");
        assertThat(elsewhere.status()).isEqualTo(200);
    }

    @Test
    void whatTheSdkSendsBackWholeChangesOnlyWhatItChanged() {
        Reply made = create(newProject(), name());
        Map<String, @Nullable Object> whole = new HashMap<>();
        made.json().properties().forEach(member -> whole.put(member.getKey(), member.getValue()));
        whole.put("module_name", null);
        whole.put("creator", "somebody@else.org");
        whole.put("configuration", Map.of("epochs", 3, "id_to_label_map", Map.of("0", "sheep")));
        whole.put("status", "trained");

        Reply changed = patch(made.id(), whole);

        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.at("/configuration/id_to_label_map/0").asString()).isEqualTo("sheep");
        assertThat(changed.at("/context")).isEqualTo(made.at("/context"));
        assertThat(changed.at("/statusLogs")).hasSize(2);
        assertThat(changed.at("/statusLogs/1/status").asString()).isEqualTo("trained");
    }

    @Test
    void aConfigurationComesWholeAsTheSdkSendsItButMergesInAMergePatch() {
        Reply made = create(newProject(), name());
        patch(made.id(), Map.of("configuration", Map.of("b", Map.of("c", 2))));

        Reply merged =
                patch(made.id(), Map.of("configuration", Map.of("b", Map.of("d", 3))), "Content-Type", MERGE_PATCH);
        Reply whole = patch(made.id(), Map.of("configuration", Map.of("e", 4)));

        assertThat(merged.at("/configuration").toString()).isEqualTo("{\"b\":{\"c\":2,\"d\":3}}");
        assertThat(whole.at("/configuration").toString()).isEqualTo("{\"e\":4}");
    }

    @Test
    void systemMetadataChangesOnlyWhereThatIsSaid() {
        Reply made = create(newProject(), name());
        Map<String, ?> change =
                Map.of("metadata", Map.of("system", Map.of("subsets", Map.of("train", Map.of())), "mine", 1));

        Reply without = patch(made.id(), change);
        Reply with = ask("engineer", HttpMethod.PATCH, MODELS + "/" + made.id() + "?system=true", change);

        assertThat(without.at("/metadata").toString()).isEqualTo("{\"mine\":1,\"system\":{}}");
        assertThat(with.at("/metadata/system/subsets/train").isObject()).isTrue();
    }

    @Test
    void ofTwoWritersWithIfMatchOneWins() {
        Reply made = create(newProject(), name());
        String tag = String.valueOf(get(made.id()).eTag());

        Reply first = patch(made.id(), Map.of("description", "one"), "If-Match", tag);
        Reply second = patch(made.id(), Map.of("description", "two"), "If-Match", tag);

        assertThat(first.status()).isEqualTo(200);
        assertThat(second.status()).isEqualTo(412);
        assertThat(get(made.id()).at("/description").asString()).isEqualTo("one");
    }

    @Test
    void isFoundByEverythingThatTheSdkAsksFor() {
        String project = newProject();
        String name = name();
        ask(
                "engineer",
                HttpMethod.POST,
                MODELS,
                Map.of("name", name, "projectId", project, "packageId", "p1", "labels", List.of("sheep")));
        create(project, name());

        for (Map<String, ?> condition : List.of(
                Map.of("name", name, "projectId", project),
                Map.of("name", name, "context.project", project),
                Map.of("context.creator", "engineer@example.org", "packageId", "p1"),
                Map.of("labels", "sheep"))) {
            assertThat(found(Map.of(
                            "resource",
                            "models",
                            "filter",
                            condition,
                            "context",
                            Map.of("projects", List.of(project)))))
                    .as(condition.toString())
                    .containsExactly(name);
        }
        assertThat(found(Map.of("resource", "models", "context", Map.of("projects", List.of(project)), "pageSize", 1)))
                .hasSize(1);
    }

    @Test
    void aQueryFindsNothingOfOtherProjects() {
        String name = name();
        create(newProject(), name);
        create(PROJECT, name);

        Reply all = ask("annotator", HttpMethod.POST, MODELS + "/query", Map.of("filter", Map.of("name", name)));
        Reply others = ask("stranger", HttpMethod.POST, MODELS + "/query", Map.of("filter", Map.of("name", name)));

        assertThat(all.at("/items")).hasSize(1);
        assertThat(all.at("/items/0/context/project").asString()).isEqualTo(PROJECT);
        assertThat(others.at("/items")).isEmpty();
    }

    @Test
    void aCloneIsLikeItsOriginalButForWhatIsNamed() {
        String project = newProject();
        String item = stored(project, "/weights.pt", new byte[] {1});
        Reply original = ask(
                "engineer",
                HttpMethod.POST,
                MODELS,
                Map.of(
                        "name", name(),
                        "projectId", project,
                        "status", "trained",
                        "labels", List.of("sheep"),
                        "configuration", Map.of("a", 1),
                        "artifacts", List.of(Map.of("type", "item", "itemId", item))));
        String name = name();
        String clone = MODELS + "/" + original.id() + "/clone";

        Reply copy = ask("engineer", HttpMethod.POST, clone, Map.of("name", name, "labels", List.of("goat")));
        Reply elsewhere = ask("engineer", HttpMethod.POST, clone, Map.of("name", name, "projectId", newProject()));

        assertThat(copy.status()).isEqualTo(200);
        assertThat(copy.id()).isNotEqualTo(original.id());
        assertThat(copy.at("/labels").toString()).isEqualTo("[\"goat\"]");
        assertThat(copy.at("/configuration/a").asInt()).isEqualTo(1);
        assertThat(copy.at("/artifacts/0/itemId").asString()).isEqualTo(item);
        assertThat(copy.at("/status").asString()).isEqualTo("created");
        assertThat(elsewhere.at("/artifacts")).isEmpty();
    }

    @Test
    void modelsEndWithTheirProject() {
        String project = newProject();
        Reply gone = create(project, name());
        Reply kept = create(newProject(), name());

        Reply ended = askAsService(HttpMethod.DELETE, "/internal/projects/" + project);

        assertThat(ended.status()).isEqualTo(204);
        assertThat(get(gone.id()).status()).isEqualTo(404);
        assertThat(get(kept.id()).status()).isEqualTo(200);
    }

    @Test
    void strangersCannotTellAModelFromNone() {
        Reply made = create(newProject(), name());
        String unknown = new ObjectId().toHexString();

        Reply hidden = ask("stranger", HttpMethod.GET, MODELS + "/" + made.id(), null);
        Reply none = ask("stranger", HttpMethod.GET, MODELS + "/" + unknown, null);

        assertThat(hidden.status()).isEqualTo(404);
        assertThat(hidden.json().toString().replace(made.id(), unknown))
                .isEqualTo(none.json().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"annotator", "annotationManager"})
    void whoLabelsMayReadModelsButNotMakeThem(String role) {
        Reply made = create(newProject(), name());

        assertThat(ask(role, HttpMethod.GET, MODELS + "/" + made.id(), null).status())
                .isEqualTo(200);
        assertThat(ask(role, HttpMethod.PATCH, MODELS + "/" + made.id(), Map.of("description", "x"))
                        .status())
                .isEqualTo(403);
        assertThat(ask(role, HttpMethod.POST, MODELS, Map.of("name", name(), "projectId", newProject()))
                        .status())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"name\": \"a/b\"}|name",
                "{\"name\": null}|name",
                "{\"status\": \"asleep\"}|status",
                "{\"scope\": \"world\"}|scope",
                "{\"datasetId\": \"x\"}|datasetId",
                "{\"labels\": [\"a\", null]}|labels[1]",
                "{\"artifacts\": [{\"type\": \"pickle\"}]}|artifacts[0].type",
                "{\"artifacts\": [{\"type\": \"item\"}]}|artifacts[0].itemId",
                "{\"projectId\": \"x\"}|projectId",
            })
    void whatIsWrongIsNamed(String said, String field) {
        Map<String, @Nullable Object> body = new HashMap<>(Map.of("name", name(), "projectId", newProject()));
        new tools.jackson.databind.json.JsonMapper()
                .readTree(said)
                .properties()
                .forEach(member -> body.put(member.getKey(), member.getValue()));

        Reply refused = ask("engineer", HttpMethod.POST, MODELS, body);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.at("/errors/0/field").asString()).isEqualTo(field);
    }
}
