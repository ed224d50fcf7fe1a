package io.sluice.modelservice.dpk;

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
import tools.jackson.databind.json.JsonMapper;

abstract class DpkContract extends RunningModelService {

    private static final String DPKS = "/api/v1/app-registry";

    private static String name() {
        return "dpk-" + UUID.randomUUID();
    }

    private static Map<String, @Nullable Object> manifest(String project, String name, String version) {
        return new HashMap<>(Map.of(
                "name", name,
                "version", version,
                "context", Map.of("project", project),
                "codebase", Map.of("type", "item", "itemId", new ObjectId().toHexString()),
                "components", Map.of("models", List.of(Map.of("name", "letters", "labels", List.of("a"))))));
    }

    private Reply publish(Map<String, @Nullable Object> manifest) {
        return ask("engineer", HttpMethod.POST, DPKS, manifest);
    }

    private Reply publish(String project, String name, String version) {
        return publish(manifest(project, name, version));
    }

    private Reply get(String path) {
        return ask("annotator", HttpMethod.GET, DPKS + "/" + path, null);
    }

    private Reply find(String path, String project, Map<String, ?> filter) {
        return ask(
                "annotator",
                HttpMethod.POST,
                DPKS + path,
                Map.of("resource", "dpks", "filter", filter, "context", Map.of("projects", List.of(project))));
    }

    @Test
    void whatIsPublishedIsReadAsItWas() {
        String project = newProject();
        String name = name();
        Map<String, @Nullable Object> manifest = manifest(project, name, "1.2.3");

        Reply made = publish(manifest);

        assertThat(made.status()).isEqualTo(200);
        assertThat(made.at("/version").asString()).isEqualTo("1.2.3");
        assertThat(made.at("/displayName").asString()).isEqualTo(name);
        assertThat(made.at("/scope").asString()).isEqualTo("project");
        assertThat(made.at("/context/project").asString()).isEqualTo(project);
        assertThat(made.at("/components/models/0/labels/0").asString()).isEqualTo("a");
        assertThat(made.at("/codebase/type").asString()).isEqualTo("item");
        assertThat(made.at("/url").asString()).endsWith(DPKS + "/" + made.id());
        assertThat(get(made.id()).json()).isEqualTo(made.json());
    }

    @Test
    void aVersionIsPublishedOnce() {
        String project = newProject();
        Map<String, @Nullable Object> manifest = manifest(project, name(), "1.0.0");
        Reply first = publish(manifest);

        Reply same = publish(manifest);
        manifest.put("components", Map.of());
        Reply other = publish(manifest);

        assertThat(same.id()).isEqualTo(first.id());
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.at("/errors/0/field").asString()).isEqualTo("version");
        assertThat(get(first.id()).at("/components")).isEqualTo(first.at("/components"));
    }

    @Test
    void withoutAVersionItIsTheNext() {
        String project = newProject();
        Map<String, @Nullable Object> manifest = manifest(project, name(), "");
        manifest.remove("version");

        Reply first = publish(manifest);
        Reply second = publish(manifest);

        assertThat(first.at("/version").asString()).isEqualTo("1.0.0");
        assertThat(second.at("/version").asString()).isEqualTo("1.0.1");
        assertThat(second.at("/baseId")).isEqualTo(first.at("/baseId"));
    }

    @Test
    void theHighestVersionIsFoundWhateverCameLast() {
        String project = newProject();
        String name = name();
        publish(project, name, "1.0.0");
        Reply highest = publish(project, name, "1.0.10");
        Reply last = publish(project, name, "1.0.9");
        String base = highest.at("/baseId").asString();

        Reply found = find("/query", project, Map.of("name", name));

        assertThat(found.at("/totalItemsCount").asInt()).isEqualTo(1);
        assertThat(found.at("/items/0/id").asString()).isEqualTo(highest.id());
        assertThat(found.at("/items/0/latest").asBoolean()).isTrue();
        assertThat(last.at("/latest").asBoolean()).isFalse();
        assertThat(get(base).id()).isEqualTo(highest.id());
        assertThat(get(base + "/revisions/1.0.9").id()).isEqualTo(last.id());
        assertThat(get(last.id() + "/revisions/1.0.10").id()).isEqualTo(highest.id());
        assertThat(get(base + "/revisions/2.0.0").status()).isEqualTo(404);
    }

    @Test
    void versionsAreFoundByTheName() {
        String project = newProject();
        String name = name();
        publish(project, name, "1.0.0");
        Reply second = publish(project, name, "1.1.0");

        Reply all = find("/" + name + "/revisions", project, Map.of());
        Reply one = find("/" + name + "/revisions", project, Map.of("version", "1.1.0"));
        Reply none = find("/" + name() + "/revisions", project, Map.of());

        assertThat(all.at("/totalItemsCount").asInt()).isEqualTo(2);
        assertThat(one.at("/items")).hasSize(1);
        assertThat(one.at("/items/0/id").asString()).isEqualTo(second.id());
        assertThat(none.status()).isEqualTo(404);
    }

    @Test
    void anotherProjectMayUseTheSameName() {
        String name = name();
        Reply one = publish(newProject(), name, "1.0.0");

        Reply other = publish(newProject(), name, "1.0.0");

        assertThat(other.status()).isEqualTo(200);
        assertThat(other.at("/baseId")).isNotEqualTo(one.at("/baseId"));
    }

    @Test
    void howItIsShownChangesWithoutAVersion() {
        Reply made = publish(newProject(), name(), "1.0.0");

        Reply changed = ask(
                "engineer",
                HttpMethod.PATCH,
                DPKS + "/" + made.id(),
                Map.of("displayName", "Letters", "components", Map.of(), "attributes", Map.of("License", "MIT")));

        assertThat(changed.at("/message").isString()).isTrue();
        assertThat(changed.at("/dpk/displayName").asString()).isEqualTo("Letters");
        assertThat(changed.at("/dpk/components")).isEqualTo(made.at("/components"));
        assertThat(get(made.id()).at("/attributes/License").asString()).isEqualTo("MIT");
    }

    @Test
    void theHighestOfThoseThatAreLeftIsTheLatest() {
        String project = newProject();
        String name = name();
        Reply first = publish(project, name, "1.0.0");
        Reply second = publish(project, name, "2.0.0");

        Reply gone = ask("engineer", HttpMethod.DELETE, DPKS + "/" + second.id(), null);

        assertThat(gone.status()).isEqualTo(204);
        assertThat(get(second.id()).status()).isEqualTo(404);
        assertThat(get(first.id()).at("/latest").asBoolean()).isTrue();

        ask("engineer", HttpMethod.DELETE, DPKS + "/" + first.id(), null);

        assertThat(find("/query", project, Map.of("name", name)).at("/items")).isEmpty();
        assertThat(publish(project, name, "1.0.0").status()).isEqualTo(200);
    }

    @Test
    void byTheIdOfAllVersionsAllAreDeleted() {
        String project = newProject();
        String name = name();
        Reply first = publish(project, name, "1.0.0");
        publish(project, name, "2.0.0");
        String base = first.at("/baseId").asString();

        Reply gone = ask("engineer", HttpMethod.DELETE, DPKS + "/" + base, null);

        assertThat(gone.status()).isEqualTo(204);
        assertThat(get(base).status()).isEqualTo(404);
        assertThat(get(first.id()).status()).isEqualTo(404);
    }

    @Test
    void anOrganizationSharesWhatSaysSo() {
        String organization = new ObjectId().toHexString();
        String project = newProjectOf(organization);
        String sibling = newProjectOf(organization);
        String name = name();
        Map<String, @Nullable Object> manifest = manifest(project, name, "1.0.0");
        manifest.put("scope", "organization");

        Reply shared = publish(manifest);
        Map<String, @Nullable Object> rival = manifest(sibling, name, "1.0.0");
        rival.put("scope", "organization");
        Reply taken = publish(rival);

        assertThat(shared.at("/scope").asString()).isEqualTo("organization");
        assertThat(find("/query", sibling, Map.of("name", name)).at("/items")).hasSize(1);
        assertThat(find("/query", newProjectOf("another"), Map.of("name", name)).at("/items"))
                .isEmpty();
        assertThat(taken.status()).isEqualTo(400);
        assertThat(taken.at("/errors/0/field").asString()).isEqualTo("name");
    }

    @Test
    void whatIsNotSharedIsSeenByNoOtherProject() {
        String organization = new ObjectId().toHexString();
        String name = name();
        publish(newProjectOf(organization), name, "1.0.0");

        Reply found = find("/query", newProjectOf(organization), Map.of("name", name));

        assertThat(found.at("/items")).isEmpty();
    }

    @Test
    void strangersCannotTellADpkFromNone() {
        Reply made = publish(newProject(), name(), "1.0.0");
        String unknown = new ObjectId().toHexString();

        Reply hidden = ask("stranger", HttpMethod.GET, DPKS + "/" + made.id(), null);
        Reply none = ask("stranger", HttpMethod.GET, DPKS + "/" + unknown, null);

        assertThat(hidden.status()).isEqualTo(404);
        assertThat(hidden.json().toString().replace(made.id(), unknown))
                .isEqualTo(none.json().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"annotator", "annotationManager"})
    void whoLabelsMayReadButNotPublish(String role) {
        Reply made = publish(newProject(), name(), "1.0.0");

        assertThat(ask(role, HttpMethod.GET, DPKS + "/" + made.id(), null).status())
                .isEqualTo(200);
        assertThat(ask(role, HttpMethod.POST, DPKS, manifest(newProject(), name(), "1.0.0"))
                        .status())
                .isEqualTo(403);
        assertThat(ask(role, HttpMethod.PATCH, DPKS + "/" + made.id(), Map.of("icon", "x"))
                        .status())
                .isEqualTo(403);
        assertThat(ask(role, HttpMethod.DELETE, DPKS + "/" + made.id(), null).status())
                .isEqualTo(403);
    }

    @Test
    void dpksEndWithTheirProject() {
        String project = newProject();
        Reply gone = publish(project, name(), "1.0.0");
        Reply kept = publish(newProject(), name(), "1.0.0");

        askAsService(HttpMethod.DELETE, "/internal/projects/" + project);

        assertThat(get(gone.id()).status()).isEqualTo(404);
        assertThat(get(gone.at("/baseId").asString()).status()).isEqualTo(404);
        assertThat(get(kept.id()).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"name\": \"a/b\"}|400|name",
                "{\"name\": null}|400|name",
                "{\"version\": \"1\"}|400|version",
                "{\"version\": 1}|400|version",
                "{\"scope\": \"public\"}|422|scope",
                "{\"scope\": \"organization\"}|400|scope",
                "{\"context\": {}}|400|context.project",
                "{\"codebase\": {\"type\": \"image\"}}|400|codebase",
                "{\"codebase\": {\"type\": \"item\"}}|400|codebase.itemId",
                "{\"tags\": \"a\"}|400|tags",
                "{\"displayName\": 1}|400|displayName",
                "{\"components\": []}|400|components",
                "{\"components\": {\"services\": {}}}|400|components.services",
                "{\"components\": {\"models\": [1]}}|400|components.models",
                "{\"components\": {\"models\": [{}]}}|400|components.models[0]",
                "{\"components\": {\"models\": [{\"name\": \"a\"}, {\"name\": \"a\"}]}}|400|components.models",
                "{\"components\": {\"models\": [{\"name\": \"a\", \"labels\": [1]}]}}|400|components.models[0]",
            })
    void whatIsWrongIsNamed(String said, int status, String field) {
        Map<String, @Nullable Object> manifest = manifest(newProject(), name(), "1.0.0");
        new JsonMapper()
                .readTree(said)
                .properties()
                .forEach(member -> manifest.put(member.getKey(), member.getValue()));

        Reply refused = publish(manifest);

        assertThat(refused.status()).isEqualTo(status);
        assertThat(refused.at("/errors/0/field").asString()).isEqualTo(field);
    }

    @Test
    void oneThatIsTooLargeIsRefused() {
        Map<String, @Nullable Object> manifest = manifest(newProject(), name(), "1.0.0");
        manifest.put("metadata", Map.of("text", "x".repeat(600_000)));

        assertThat(publish(manifest).status()).isEqualTo(413);
    }
}
