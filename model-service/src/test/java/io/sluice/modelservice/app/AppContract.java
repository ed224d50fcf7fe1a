package io.sluice.modelservice.app;

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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

abstract class AppContract extends RunningModelService {

    private static final String APPS = "/api/v1/apps";
    private static final String DPKS = "/api/v1/app-registry";
    private static final String MODELS = "/api/v1/ml/models";

    private static String name() {
        return "dpk-" + UUID.randomUUID();
    }

    private static Map<String, Object> component(String name, String... labels) {
        return Map.of("name", name, "moduleName", "adapter", "status", "deployed", "labels", List.of(labels));
    }

    private Reply publish(String project, String name, String version, Object... models) {
        return publish(project, name, version, "project", models);
    }

    private Reply publish(String project, String name, String version, String scope, Object... models) {
        Reply published = ask(
                "engineer",
                HttpMethod.POST,
                DPKS,
                Map.of(
                        "name", name,
                        "version", version,
                        "scope", scope,
                        "context", Map.of("project", project),
                        "components", Map.of("models", List.of(models))));
        assertThat(published.status()).as(published.json().toString()).isEqualTo(200);
        return published;
    }

    private Reply install(String project, String dpkName, String... more) {
        Map<String, Object> body = new HashMap<>(Map.of("projectId", project, "dpkName", dpkName));
        for (int index = 0; index < more.length; index += 2) {
            body.put(more[index], more[index + 1]);
        }
        return ask("engineer", HttpMethod.POST, APPS, body);
    }

    private Reply get(String appId) {
        return ask("annotator", HttpMethod.GET, APPS + "/" + appId, null);
    }

    private Reply put(Reply app, String member, Object value) {
        Map<String, @Nullable Object> whole = new HashMap<>();
        app.json().properties().forEach(known -> whole.put(known.getKey(), known.getValue()));
        whole.put(member, value);
        return ask("engineer", HttpMethod.PUT, APPS + "/" + app.id(), whole);
    }

    private List<JsonNode> models(String project, Map<String, ?> filter) {
        return ask(
                        "annotator",
                        HttpMethod.POST,
                        MODELS + "/query",
                        Map.of("filter", filter, "context", Map.of("projects", List.of(project))))
                .at("/items")
                .valueStream()
                .toList();
    }

    private static List<String> names(List<JsonNode> models) {
        return models.stream().map(model -> model.path("name").asString()).toList();
    }

    @Test
    void installingMakesTheModelsOfTheDpk() {
        String project = newProject();
        String name = name();
        Reply dpk = publish(project, name, "1.0.0", component("letters", "a", "b"), component("digits"));

        Reply app = install(project, name, "name", "My letters", "dpkVersion", "1.0.0");
        List<JsonNode> models = models(project, Map.of("app.id", app.id()));

        assertThat(app.status()).as(app.json().toString()).isEqualTo(200);
        assertThat(app.at("/name").asString()).isEqualTo("My letters");
        assertThat(app.at("/status").asString()).isEqualTo("Installed");
        assertThat(app.at("/dpk/id").asString()).isEqualTo(dpk.id());
        assertThat(get(app.id()).json()).isEqualTo(app.json());
        assertThat(names(models)).containsExactly("letters", "digits");
        JsonNode letters = models.get(0);
        assertThat(letters.at("/labels").toString()).isEqualTo("[\"a\",\"b\"]");
        assertThat(letters.at("/status").asString()).isEqualTo("pre-trained");
        assertThat(letters.at("/packageId").asString()).isEqualTo(dpk.id());
        assertThat(letters.at("/moduleName").asString()).isEqualTo("adapter");
        assertThat(letters.at("/app/componentName").asString()).isEqualTo("letters");
        assertThat(letters.at("/app/dpkName").asString()).isEqualTo(name);
        assertThat(letters.at("/app/dpkVersion").asString()).isEqualTo("1.0.0");
        assertThat(letters.at("/app/dpkId")).isEqualTo(dpk.at("/baseId"));
    }

    @Test
    void theHighestVersionIsInstalledUnlessOneIsNamed() {
        String project = newProject();
        String name = name();
        publish(project, name, "1.0.0");
        publish(project, name, "1.1.0");

        assertThat(install(project, name, "name", "one").at("/dpkVersion").asString())
                .isEqualTo("1.1.0");
        assertThat(install(project, name, "name", "two", "dpkVersion", "1.0.0")
                        .at("/dpkVersion")
                        .asString())
                .isEqualTo("1.0.0");
        assertThat(install(project, name, "name", "three", "dpkVersion", "3.0.0")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void aNameIsUniqueInItsProject() {
        String project = newProject();
        String name = name();
        publish(project, name, "1.0.0");
        install(project, name);

        Reply again = install(project, name);

        assertThat(again.status()).isEqualTo(400);
        assertThat(again.at("/errors/0/field").asString()).isEqualTo("name");
    }

    @Test
    void aModelWhoseNameIsTakenGetsAnother() {
        String project = newProject();
        String name = name();
        ask("engineer", HttpMethod.POST, MODELS, Map.of("name", "letters", "projectId", project));
        publish(project, name, "1.0.0", component("letters"));

        Reply app = install(project, name);

        assertThat(names(models(project, Map.of("app.id", app.id()))))
                .containsExactly("letters-" + app.id().substring(18));
    }

    @Test
    void aModelThatCannotBeMadeLeavesNoApp() {
        String project = newProject();
        String name = name();
        Map<String, Object> broken = new HashMap<>(component("broken"));
        broken.put("artifacts", List.of(Map.of("type", "item", "itemId", new ObjectId().toHexString())));
        publish(project, name, "1.0.0", component("letters"), broken);

        Reply refused = install(project, name);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(ask("annotator", HttpMethod.POST, APPS + "/query", Map.of("filter", Map.of("projectId", project)))
                        .at("/totalItemsCount")
                        .asInt())
                .isZero();
    }

    @Test
    void anotherVersionChangesWhatNobodyHasChanged() {
        String project = newProject();
        String name = name();
        publish(project, name, "1.0.0", component("letters", "a"), component("digits", "0"));
        Reply next =
                publish(project, name, "2.0.0", component("letters", "b"), component("digits", "1"), component("new"));
        Reply app = install(project, name, "dpkVersion", "1.0.0");
        String digits =
                models(project, Map.of("name", "digits")).get(0).path("id").asString();
        ask("engineer", HttpMethod.PATCH, MODELS + "/" + digits, Map.of("labels", List.of("mine")));

        Reply updated = put(app, "dpkVersion", "2.0.0");
        List<JsonNode> models = models(project, Map.of("app.id", app.id()));

        assertThat(updated.status()).as(updated.json().toString()).isEqualTo(200);
        assertThat(updated.at("/dpk/id").asString()).isEqualTo(next.id());
        assertThat(updated.at("/status").asString()).isEqualTo("Installed");
        assertThat(names(models)).containsExactly("letters", "digits", "new");
        assertThat(models.get(0).at("/labels/0").asString()).isEqualTo("b");
        assertThat(models.get(1).at("/labels/0").asString()).isEqualTo("mine");
        assertThat(models)
                .allMatch(model -> model.at("/app/dpkVersion").asString().equals("2.0.0"));
        assertThat(put(app, "dpkVersion", "9.0.0").status()).isEqualTo(400);
        assertThat(put(app, "dpkName", "other").status()).isEqualTo(400);
    }

    @Test
    void anInstallationOfItsOwnSaysWhichModelsThereAre() {
        String project = newProject();
        String name = name();
        publish(project, name, "1.0.0", component("letters"), component("digits"));

        Reply app = ask(
                "engineer",
                HttpMethod.POST,
                APPS,
                Map.of(
                        "projectId",
                        project,
                        "dpkName",
                        name,
                        "settings",
                        Map.of("autoUpdate", true),
                        "customInstallation",
                        Map.of("components", Map.of("models", List.of(component("letters", "mine"))))));

        assertThat(app.at("/settings/autoUpdate").asBoolean()).isTrue();
        assertThat(names(models(project, Map.of("app.id", app.id())))).containsExactly("letters");
        assertThat(models(project, Map.of("labels", "mine"))).hasSize(1);
    }

    @Test
    void anAppIsPausedAndResumed() {
        String project = newProject();
        String name = name();
        publish(project, name, "1.0.0");
        Reply app = install(project, name);

        Reply paused = ask("engineer", HttpMethod.POST, APPS + "/" + app.id() + "/deactivate", null);
        Reply resumed = ask("engineer", HttpMethod.POST, APPS + "/" + app.id() + "/activate", null);

        assertThat(paused.at("/status").asString()).isEqualTo("Uninstalled");
        assertThat(resumed.at("/status").asString()).isEqualTo("Installed");
    }

    @Test
    void modelsOutliveTheirAppAndComeBackToTheNext() {
        String project = newProject();
        String name = name();
        publish(project, name, "1.0.0", component("letters"));
        Reply app = install(project, name);
        String model =
                models(project, Map.of("name", "letters")).get(0).path("id").asString();

        Reply gone = ask("engineer", HttpMethod.DELETE, APPS + "/" + app.id(), null);

        assertThat(gone.status()).isEqualTo(204);
        assertThat(get(app.id()).status()).isEqualTo(404);
        assertThat(models(project, Map.of("name", "letters")).get(0).at("/app").has("id"))
                .isFalse();

        Reply again = install(project, name);

        assertThat(models(project, Map.of("app.id", again.id())))
                .hasSize(1)
                .allMatch(found -> found.path("id").asString().equals(model));
    }

    @Test
    void whatIsInstalledIsNotDeleted() {
        String project = newProject();
        String name = name();
        Reply installed = publish(project, name, "1.0.0");
        Reply other = publish(project, name, "2.0.0");
        Reply app = install(project, name, "dpkVersion", "1.0.0");

        assertThat(ask("engineer", HttpMethod.DELETE, DPKS + "/" + installed.id(), null)
                        .status())
                .isEqualTo(409);
        assertThat(ask(
                                "engineer",
                                HttpMethod.DELETE,
                                DPKS + "/" + installed.at("/baseId").asString(),
                                null)
                        .status())
                .isEqualTo(409);
        assertThat(ask("engineer", HttpMethod.DELETE, DPKS + "/" + other.id(), null)
                        .status())
                .isEqualTo(204);

        ask("engineer", HttpMethod.DELETE, APPS + "/" + app.id(), null);

        assertThat(ask("engineer", HttpMethod.DELETE, DPKS + "/" + installed.id(), null)
                        .status())
                .isEqualTo(204);
    }

    @Test
    void aProjectInstallsWhatItsOrganizationSharesWithoutTheFiles() {
        String organization = new ObjectId().toHexString();
        String publisher = newProjectOf(organization);
        String project = newProjectOf(organization);
        String name = name();
        Map<String, Object> letters = new HashMap<>(component("letters"));
        letters.put("artifacts", List.of(Map.of("type", "item", "itemId", stored(publisher, "/weights.pt", new byte[] {1
        }))));
        publish(publisher, name, "1.0.0", "organization", letters);

        Reply own = install(publisher, name);
        Reply app = install(project, name);
        Reply outside = install(newProjectOf("another"), name);

        assertThat(app.status()).as(app.json().toString()).isEqualTo(200);
        assertThat(models(publisher, Map.of("app.id", own.id())).get(0).at("/artifacts"))
                .hasSize(1);
        assertThat(models(project, Map.of("app.id", app.id())).get(0).at("/artifacts"))
                .isEmpty();
        assertThat(outside.status()).isEqualTo(404);
    }

    @Test
    void isFoundByEverythingThatTheSdkAsksFor() {
        String project = newProject();
        String name = name();
        publish(project, name, "1.0.0");
        Reply app = install(project, name, "name", "one");
        install(project, name, "name", "two");

        for (Map<String, String> condition : List.of(
                Map.of("name", "one", "projectId", project),
                Map.of("name", "one", "dpkName", name),
                Map.of("id", app.id()))) {
            Reply found = ask(
                    "annotator",
                    HttpMethod.POST,
                    APPS + "/query",
                    Map.of("resource", "apps", "filter", condition, "context", Map.of("projects", List.of(project))));
            assertThat(found.at("/totalItemsCount").asInt()).isEqualTo(1);
            assertThat(found.at("/items/0")).isEqualTo(app.json());
        }
    }

    @Test
    void appsEndWithTheirProject() {
        String project = newProject();
        String name = name();
        publish(project, name, "1.0.0");
        Reply app = install(project, name);

        askAsService(HttpMethod.DELETE, "/internal/projects/" + project);

        assertThat(get(app.id()).status()).isEqualTo(404);
    }

    @Test
    void strangersCannotTellAnAppFromNone() {
        String project = newProject();
        String name = name();
        publish(project, name, "1.0.0");
        Reply app = install(project, name);
        String unknown = new ObjectId().toHexString();

        Reply hidden = ask("stranger", HttpMethod.GET, APPS + "/" + app.id(), null);
        Reply none = ask("stranger", HttpMethod.GET, APPS + "/" + unknown, null);

        assertThat(hidden.status()).isEqualTo(404);
        assertThat(hidden.json().toString().replace(app.id(), unknown))
                .isEqualTo(none.json().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"annotator", "annotationManager"})
    void whoLabelsMayReadAppsButNotInstallThem(String role) {
        String project = newProject();
        String name = name();
        publish(project, name, "1.0.0");
        Reply app = install(project, name);

        assertThat(ask(role, HttpMethod.GET, APPS + "/" + app.id(), null).status())
                .isEqualTo(200);
        assertThat(ask(role, HttpMethod.POST, APPS, Map.of("projectId", project, "dpkName", name, "name", "x"))
                        .status())
                .isEqualTo(403);
        assertThat(ask(role, HttpMethod.DELETE, APPS + "/" + app.id(), null).status())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"projectId\": \"x\"}|400|projectId",
                "{\"dpkName\": null}|400|dpkName",
                "{\"name\": \"\"}|400|name",
                "{\"dpkVersion\": 1}|400|dpkVersion",
                "{\"scope\": \"system\"}|422|scope",
                "{\"settings\": []}|400|settings",
                "{\"integrations\": {}}|400|integrations",
                "{\"customInstallation\": 1}|400|customInstallation",
                "{\"customInstallation\": {\"components\": {\"models\": [{}]}}}|400|customInstallation.components.models",
            })
    void whatIsWrongIsNamed(String said, int status, String field) {
        String project = newProject();
        String name = name();
        publish(project, name, "1.0.0");
        Map<String, @Nullable Object> body = new HashMap<>(Map.of("projectId", project, "dpkName", name));
        new JsonMapper().readTree(said).properties().forEach(member -> body.put(member.getKey(), member.getValue()));

        Reply refused = ask("engineer", HttpMethod.POST, APPS, body);

        assertThat(refused.status()).isEqualTo(status);
        assertThat(refused.at("/errors/0/field").asString()).isEqualTo(field);
    }
}
