package io.sluice.datasetservice.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.datasetservice.ApiContract;
import io.sluice.datasetservice.Peers;
import io.sluice.datasetservice.item.ItemClient;
import io.sluice.kit.testing.MovableClock;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;
import tools.jackson.databind.JsonNode;

abstract class DatasetApiContract extends ApiContract {

    private static final String DATASETS = "/api/v1/datasets";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String UNKNOWN = "6b0183990000000000001001";
    private static final String OTHER = "6b0183990000000000001002";

    @Autowired
    private ReactiveMongoTemplate mongo;

    @Autowired
    private ItemClient itemClient;

    private final String ann = person("ann");
    private final String bob = person("bob");

    @Test
    void wantsAToken() {
        anonymous().get().uri(DATASETS).exchange().expectStatus().isUnauthorized();
        anonymous().post().uri(DATASETS + "/query").exchange().expectStatus().isUnauthorized();
    }

    @Test
    void hidesADatasetFromThoseWhoAreNoMembersAsIfItWereNotThere() {
        String datasetId = dataset(ann, project(ann));

        JsonNode foreign = problem(get(bob, DATASETS + "/" + datasetId), 404);
        JsonNode unknown = problem(get(bob, DATASETS + "/" + UNKNOWN), 404);
        JsonNode malformed = problem(get(bob, DATASETS + "/some_id"), 404);

        assertThat(foreign).isEqualTo(unknown).isEqualTo(malformed);
    }

    @Test
    void refusesAMemberWhoseRoleDoesNotAllowIt() {
        String projectId = project(ann);
        String datasetId = dataset(ann, projectId);
        member(ann, projectId, bob, "annotator");

        get(bob, DATASETS + "/" + datasetId).expectStatus().isOk();
        patch(bob, DATASETS + "/" + datasetId, Map.of("name", "mine"))
                .expectStatus()
                .isForbidden();
    }

    @Test
    void countsTheDatasetsOfProjectsForTheirMembers() {
        String projectId = project(ann);
        String datasetId = dataset(ann, projectId);
        Map<String, Object> visible = Map.of("projectIds", List.of(projectId));

        JsonNode count = json(post(ann, DATASETS + "/count", visible));
        assertThat(count.path("total").intValue()).isEqualTo(1);
        assertThat(count.at("/datasets/0/id").stringValue()).isEqualTo(datasetId);
        assertThat(json(post(ann, DATASETS + "/count", Map.of("projectIds", List.of(projectId), "system", true)))
                        .path("total")
                        .intValue())
                .isEqualTo(2);
        assertThat(json(post(bob, DATASETS + "/count", visible)).path("total").intValue())
                .isZero();
        assertThat(json(post(ann, DATASETS + "/count", Map.of("projectIds", List.of())))
                        .path("total")
                        .intValue())
                .isZero();
        assertThat(problem(post(ann, DATASETS + "/count", Map.of()), 400)
                        .at("/errors/0/field")
                        .stringValue())
                .isEqualTo("projectIds");
    }

    @Test
    void addsUpTheBytesOfAProject() {
        String projectId = project(ann);
        PEERS.holds(dataset(ann, projectId), 3);
        PEERS.holds(dataset(ann, projectId), 4);
        String storage = DATASETS + "/storage/project";
        Map<String, Object> query = Map.of("projectId", projectId, "external", false);

        assertThat(json(post(ann, storage, query)).longValue()).isEqualTo(7 * Peers.BYTES_OF_AN_ITEM);
        assertThat(json(post(ann, storage, Map.of("projectId", projectId, "external", true)))
                        .longValue())
                .isZero();
        problem(post(bob, storage, query), 404);
        problem(post(ann, storage, Map.of("external", false)), 400);
        PEERS.withoutItemService(() -> problem(post(ann, storage, query), 503));
    }

    @Test
    void showsADatasetInThePublishedShape() {
        String projectId = project(ann);
        String datasetId = dataset(ann, projectId, "sheep");
        PEERS.holds(datasetId, 1_680);

        JsonNode dataset = json(get(ann, DATASETS + "/" + datasetId));

        String url = address() + DATASETS + "/" + datasetId;
        assertThat(dataset.path("id").stringValue()).isEqualTo(datasetId);
        assertThat(dataset.path("name").stringValue()).isEqualTo("sheep");
        assertThat(texts(dataset.path("projects"))).containsExactly(projectId);
        assertThat(dataset.path("url").stringValue()).isEqualTo(url);
        assertThat(dataset.path("items").stringValue()).isEqualTo(url + "/items");
        assertThat(dataset.path("directoryTree").stringValue()).isEqualTo(url + "/directoryTree");
        assertThat(dataset.path("creator").stringValue()).isEqualTo(ann);
        assertThat(dataset.path("createdAt").stringValue())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(dataset.path("itemsCount").intValue()).isEqualTo(1_680);
        assertThat(dataset.path("readonly").booleanValue()).isFalse();
        assertThat(dataset.path("indexDriver").stringValue()).isEqualTo("v2");
        assertThat(dataset.has("expirationOptions")).isFalse();
        assertThat(texts(dataset.path("metadata").path("system").path("recipes")))
                .hasSize(1);
    }

    @Test
    void comesWithARecipeAndAnOntology() {
        String projectId = project(ann);
        JsonNode dataset = json(get(ann, DATASETS + "/" + dataset(ann, projectId, "sheep")));

        String recipePath = "/api/v1/recipes/" + recipeOf(dataset);
        JsonNode recipe = json(get(ann, recipePath));
        String ontologyPath =
                "/api/v1/ontologies/" + texts(recipe.path("ontologyIds")).get(0);
        JsonNode ontology = json(get(ann, ontologyPath));

        assertThat(recipe.path("title").stringValue()).isEqualTo("sheep Default Recipe");
        assertThat(texts(recipe.path("projectIds"))).containsExactly(projectId);
        assertThat(recipe.path("metadata").path("system").isObject()).isTrue();
        assertThat(ontology.path("title").stringValue()).isEqualTo("sheep Default Ontology");
        assertThat(ontology.path("roots").isArray()).isTrue();
        assertThat(texts(ontology.path("metadata").path("system").path("projectIds")))
                .containsExactly(projectId);
        get(bob, recipePath).expectStatus().isNotFound();
        get(bob, ontologyPath).expectStatus().isNotFound();
        get(ann, "/api/v1/recipes/some_id").expectStatus().isNotFound();
        get(ann, "/api/v1/ontologies/" + UNKNOWN).expectStatus().isNotFound();
    }

    @Test
    void comesWithoutARecipeWhenNoneIsWanted() {
        Map<String, Object> wanted =
                Map.of("name", "bare", "projects", List.of(project(ann)), "createDefaultRecipe", false);

        JsonNode dataset = json(post(ann, DATASETS, wanted));

        assertThat(texts(dataset.path("metadata").path("system").path("recipes")))
                .isEmpty();
    }

    @Test
    void saysWhereAProjectAndADatasetWereMade() {
        String ann = person("ann");
        String project = made(ann, "/api/v1/projects", Map.of("name", unique("project")));
        String projectId = project.substring(project.lastIndexOf('/') + 1);

        made(ann, "/api/v1/datasets", Map.of("name", "made", "projects", List.of(projectId)));
    }

    private String made(String email, String path, Object body) {
        URI location = post(email, path, body)
                .expectStatus()
                .isCreated()
                .expectHeader()
                .exists("ETag")
                .expectBody()
                .returnResult()
                .getResponseHeaders()
                .getLocation();
        json(get(email, Objects.requireNonNull(location).getPath()));
        return location.getPath();
    }

    @Test
    void keepsWhatTheSdkMaySendAtCreation() {
        Map<String, Object> wanted = Map.of(
                "name",
                "full",
                "projects",
                List.of(project(ann)),
                "createDefaultRecipe",
                true,
                "driver",
                "6a0200000000000000000001",
                "expirationOptions",
                Map.of("itemMaxDays", 3),
                "indexDriver",
                "v1",
                "newField",
                1);

        JsonNode dataset = json(post(ann, DATASETS, wanted));

        assertThat(dataset.path("driver").stringValue()).isEqualTo("6a0200000000000000000001");
        assertThat(dataset.path("expirationOptions").path("itemMaxDays").intValue())
                .isEqualTo(3);
        assertThat(dataset.path("indexDriver").stringValue()).isEqualTo("v1");
    }

    @Test
    void refusesANameThatIsTakenInTheProject() {
        String projectId = project(ann);
        dataset(ann, projectId, "sheep");

        problem(post(ann, DATASETS, Map.of("name", "sheep", "projects", List.of(projectId))), 400);
        problem(post(ann, DATASETS, Map.of("name", "Binaries", "projects", List.of(projectId))), 400);
        dataset(ann, project(ann), "sheep");
    }

    @Test
    void makesOneDatasetWhenTheSameNameIsAskedForAtTheSameMoment() {
        String projectId = project(ann);
        Map<String, Object> wanted = Map.of("name", "race", "projects", List.of(projectId));

        List<Integer> statuses = IntStream.range(0, 8)
                .parallel()
                .mapToObj(attempt -> post(ann, DATASETS, wanted)
                        .returnResult(Void.class)
                        .getStatus()
                        .value())
                .toList();

        assertThat(statuses).containsOnlyOnce(201).containsOnly(201, 400);
        assertThat(json(get(ann, DATASETS))).hasSize(1);
    }

    @Test
    void makesDatasetsOnlyInOneProjectThatTheCallerSees() {
        String projectId = project(ann);

        problem(post(bob, DATASETS, Map.of("name", "x", "projects", List.of(projectId))), 404);
        problem(post(ann, DATASETS, Map.of("name", "x", "projects", List.of(UNKNOWN))), 404);
        for (Object projects : List.of(List.of(), List.of(projectId, projectId), Arrays.asList((String) null))) {
            JsonNode problem = problem(post(ann, DATASETS, Map.of("name", "x", "projects", projects)), 400);
            assertThat(field(problem)).isEqualTo("projects");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name {}",
                "name {\"name\": 5}",
                "name {\"name\": \"\"}",
                "name {\"name\": \"a\\u0000b\"}",
                "projects {\"name\": \"x\"}",
                "projects {\"name\": \"x\", \"projects\": \"p\"}",
                "projects[0] {\"name\": \"x\", \"projects\": [5]}",
                "createDefaultRecipe {\"name\": \"x\", \"createDefaultRecipe\": \"maybe\"}",
                "indexDriver {\"name\": \"x\", \"projects\": [\"p\"], \"indexDriver\": \"v9\"}",
                "metadata {\"name\": \"x\", \"metadata\": 5}",
                "expirationOptions {\"name\": \"x\", \"expirationOptions\": 5}",
                "expirationOptions.itemMaxDays {\"name\": \"x\", \"projects\": [\"p\"], \"expirationOptions\": {}}",
                "expirationOptions.itemMaxDays {\"name\": \"x\", \"expirationOptions\": {\"itemMaxDays\": \"a\"}}"
            })
    void namesTheFieldThatIsWrong(String fieldAndBody) {
        int space = fieldAndBody.indexOf(' ');

        JsonNode problem = problem(post(ann, DATASETS, fieldAndBody.substring(space + 1)), 400);

        assertThat(field(problem)).isEqualTo(fieldAndBody.substring(0, space));
        assertThat(problem.path("message").stringValue()).doesNotContain("java", "sluice");
    }

    @Test
    void takesTheWholeDatasetBackAndErasesNothing() {
        String path = DATASETS + "/" + dataset(ann, project(ann), "before");
        json(patch(ann, path, Map.of("metadata", Map.of("user", Map.of("a", 1)), "expirationOptions", days(7))));
        String recipe = recipeOf(json(get(ann, path)));
        Map<String, @Nullable Object> whole = new HashMap<>();
        whole.put("name", "after");
        whole.put("id", UNKNOWN);
        whole.put("projects", List.of(UNKNOWN));
        whole.put("creator", bob);
        whole.put("readonly", true);
        whole.put("itemsCount", 99);
        whole.put("metadata", null);
        whole.put("expirationOptions", null);
        whole.put("driver", null);

        JsonNode dataset = json(patch(ann, path, whole));

        assertThat(dataset.path("name").stringValue()).isEqualTo("after");
        assertThat(dataset.path("creator").stringValue()).isEqualTo(ann);
        assertThat(dataset.path("readonly").booleanValue()).isFalse();
        assertThat(dataset.path("metadata").path("user").path("a").intValue()).isEqualTo(1);
        assertThat(dataset.path("expirationOptions").path("itemMaxDays").intValue())
                .isEqualTo(7);
        assertThat(recipeOf(dataset)).isEqualTo(recipe);
        Map<String, @Nullable Object> nameless = new HashMap<>();
        nameless.put("name", null);
        assertThat(json(patch(ann, path, nameless)).path("name").stringValue()).isEqualTo("after");
    }

    @Test
    void mergesMetadataWhateverItsKeys() {
        String path = DATASETS + "/" + dataset(ann, project(ann));
        json(patch(ann, path, """
                {"metadata": {"user": {"a.b": 1, "$set": {"x": [1, {"q.w": 2}]}, "gone": true, "same": "~1"}}}"""));

        JsonNode metadata = json(patch(ann, path, """
                        {"metadata": {"user": {"$set": {"y": 12345678901234567890}, "gone": null}, "other": 1.5}}""")).path("metadata");

        JsonNode user = metadata.path("user");
        assertThat(user.path("a.b").intValue()).isEqualTo(1);
        assertThat(user.path("$set").path("x").path(1).path("q.w").intValue()).isEqualTo(2);
        assertThat(user.path("$set").path("y").bigIntegerValue()).isEqualTo("12345678901234567890");
        assertThat(user.has("gone")).isFalse();
        assertThat(user.path("same").stringValue()).isEqualTo("~1");
        assertThat(metadata.path("other").doubleValue()).isEqualTo(1.5);
        assertThat(json(get(ann, path)).path("metadata")).isEqualTo(metadata);
    }

    @Test
    void changesSystemMetadataOnlyWhenAskedTo() {
        String path = DATASETS + "/" + dataset(ann, project(ann));
        String recipe = recipeOf(json(get(ann, path)));
        Map<String, Object> patch = Map.of("metadata", Map.of("system", Map.of("recipes", List.of(UNKNOWN), "k", 1)));

        JsonNode ignored = json(patch(ann, path, patch));
        assertThat(recipeOf(ignored)).isEqualTo(recipe);
        assertThat(ignored.path("metadata").path("system").has("k")).isFalse();

        JsonNode applied = json(patch(ann, path + "?system=true", patch));
        assertThat(recipeOf(applied)).isEqualTo(UNKNOWN);
        assertThat(applied.path("metadata").path("system").path("k").intValue()).isEqualTo(1);

        for (String nothing : List.of("null", "{\"recipes\": null}")) {
            String erasing = "{\"metadata\": {\"system\": %s}}".formatted(nothing);
            assertThat(recipeOf(json(patch(ann, path + "?system=true", erasing))))
                    .isEqualTo(UNKNOWN);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "metadata.system 5",
                "metadata.system []",
                "metadata.system.recipes {\"recipes\": \"a\"}",
                "metadata.system.recipes {\"recipes\": [5]}"
            })
    void refusesSystemMetadataThatTheSdkCouldNotRead(String fieldAndSystem) {
        String path = DATASETS + "/" + dataset(ann, project(ann)) + "?system=true";
        int space = fieldAndSystem.indexOf(' ');

        String body = "{\"metadata\": {\"system\": %s}}".formatted(fieldAndSystem.substring(space + 1));

        assertThat(field(problem(patch(ann, path, body), 400))).isEqualTo(fieldAndSystem.substring(0, space));
    }

    @Test
    void saysWhoChangedADatasetLast() {
        String projectId = project(ann);
        member(ann, projectId, bob, "engineer");
        String path = DATASETS + "/" + dataset(ann, projectId);

        JsonNode changed = json(patch(bob, path, Map.of("name", "by bob")));
        JsonNode unchanged = json(patch(ann, path, Map.of("name", "by bob")));

        assertThat(changed.path("updatedBy").stringValue()).isEqualTo(bob);
        assertThat(unchanged.path("updatedBy").stringValue()).isEqualTo(bob);
        assertThat(unchanged.path("updatedAt")).isEqualTo(changed.path("updatedAt"));
    }

    @Test
    void refusesToRenameToATakenName() {
        String projectId = project(ann);
        dataset(ann, projectId, "taken");
        String path = DATASETS + "/" + dataset(ann, projectId, "free");

        problem(patch(ann, path, Map.of("name", "taken")), 400);
        problem(patch(ann, path, Map.of("name", "Binaries")), 400);
        problem(patch(ann, path, Map.of("name", "x".repeat(251))), 400);
        assertThat(json(get(ann, path)).path("name").stringValue()).isEqualTo("free");
    }

    @Test
    void refusesMoreMetadataThanItKeeps() {
        String path = DATASETS + "/" + dataset(ann, project(ann));
        Map<String, Object> much = Map.of("metadata", Map.of("user", Map.of("k", "x".repeat(MetadataLimit.LARGEST))));

        problem(patch(ann, path, much), 413);

        assertThat(json(get(ann, path)).path("metadata").has("user")).isFalse();
    }

    @Test
    void losesNoneOfTheEditsThatAreMadeAtTheSameMoment() {
        String path = DATASETS + "/" + dataset(ann, project(ann));

        IntStream.range(0, 12)
                .parallel()
                .forEach(number ->
                        json(patch(ann, path, Map.of("metadata", Map.of("user", Map.of("k" + number, number))))));

        assertThat(json(get(ann, path)).path("metadata").path("user")).hasSize(12);
    }

    @Test
    void refusesToUnlockWhatIsNotLocked() {
        String path = DATASETS + "/" + dataset(ann, project(ann)) + "/unlock";

        JsonNode problem = problem(as(ann).patch().uri(path).exchange(), 400);

        assertThat(problem.path("message").stringValue()).isEqualTo("dataset is not locked");
    }

    @Test
    void staysLockedUntilTheLastHolderReleasesIt() {
        String datasetId = dataset(ann, project(ann));
        String before =
                json(get(ann, DATASETS + "/" + datasetId)).path("updatedAt").stringValue();

        lock(datasetId, UNKNOWN, 600).expectStatus().isNoContent();
        lock(datasetId, UNKNOWN, 700).expectStatus().isNoContent();
        lock(datasetId, OTHER, 600).expectStatus().isNoContent();
        release(datasetId, UNKNOWN);
        JsonNode locked = json(get(ann, DATASETS + "/" + datasetId));
        JsonNode access = json(get(ann, "/internal/access/datasets/" + datasetId));
        JsonNode found = query(ann, Map.of("filter", Map.of("readonly", true, "id", datasetId)));
        release(datasetId, OTHER);
        JsonNode released = json(get(ann, DATASETS + "/" + datasetId));

        assertThat(locked.path("readonly").booleanValue()).isTrue();
        assertThat(locked.path("updatedAt").stringValue()).isEqualTo(before);
        assertThat(access.path("readonly").booleanValue()).isTrue();
        assertThat(found.path("items")).hasSize(1);
        assertThat(released.path("readonly").booleanValue()).isFalse();
        release(datasetId, OTHER);
    }

    @Test
    void unlocksADatasetWhoeverHasLockedIt() {
        String datasetId = dataset(ann, project(ann));
        lock(datasetId, UNKNOWN, 600).expectStatus().isNoContent();

        JsonNode unlocked =
                json(as(ann).patch().uri(DATASETS + "/" + datasetId + "/unlock").exchange());

        assertThat(unlocked.path("readonly").booleanValue()).isFalse();
    }

    @Test
    void forgetsALockThatRanOut() {
        String datasetId = dataset(ann, project(ann));
        String path = DATASETS + "/" + datasetId;
        lock(datasetId, UNKNOWN, 1).expectStatus().isNoContent();

        await().atMost(Duration.ofSeconds(30))
                .until(() -> !json(get(ann, path)).path("readonly").booleanValue());

        problem(as(ann).patch().uri(path + "/unlock").exchange(), 400);
    }

    @Test
    void isLockedByServicesOnly() {
        String datasetId = dataset(ann, project(ann));

        problem(as(ann).put().uri(lockOf(datasetId, UNKNOWN) + "?seconds=60").exchange(), 403);
        problem(lock(datasetId, UNKNOWN, 0), 400);
        problem(lock(datasetId, UNKNOWN, 90_000), 400);
        problem(lock(UNKNOWN, UNKNOWN, 60), 404);
    }

    private ResponseSpec lock(String datasetId, String holder, int seconds) {
        return itemService()
                .put()
                .uri(lockOf(datasetId, holder) + "?seconds=" + seconds)
                .exchange();
    }

    private void release(String datasetId, String holder) {
        itemService()
                .delete()
                .uri(lockOf(datasetId, holder))
                .exchange()
                .expectStatus()
                .isNoContent();
    }

    private WebTestClient itemService() {
        return withToken(PEERS.tokens().service("item-service", "dataset-service"));
    }

    private static String lockOf(String datasetId, String holder) {
        return "/internal/datasets/" + datasetId + "/locks/" + holder;
    }

    @Test
    void keepsOneBinariesDatasetInEachProject() {
        String projectId = project(ann);
        JsonNode binaries = query(ann, Map.of("context", Map.of("projects", List.of(projectId)), "systemSpace", true))
                .path("items")
                .path(0);
        String path = DATASETS + "/" + binaries.path("id").stringValue();

        assertThat(binaries.path("name").stringValue()).isEqualTo("Binaries");
        problem(delete(ann, path), 403);
        problem(patch(ann, path, Map.of("name", "Mine")), 403);
        json(patch(ann, path, Map.of("name", "Binaries", "metadata", Map.of("user", Map.of("a", 1)))));
        json(get(ann, path));
    }

    @Test
    void answersAnUnchangedDatasetWithoutABody() {
        String datasetId = dataset(ann, project(ann));
        String path = DATASETS + "/" + datasetId;
        String first = eTag(get(ann, path));

        as(ann).get()
                .uri(path)
                .header(HttpHeaders.IF_NONE_MATCH, first)
                .exchange()
                .expectStatus()
                .isNotModified();

        PEERS.holds(datasetId, 1);
        as(ann).get()
                .uri(path)
                .header(HttpHeaders.IF_NONE_MATCH, first)
                .exchange()
                .expectStatus()
                .isOk();
    }

    @Test
    void refusesAChangeOfAnotherVersion() {
        String path = DATASETS + "/" + dataset(ann, project(ann));
        String old = eTag(get(ann, path));
        json(patch(ann, path, Map.of("name", "newer")));

        for (HttpMethod method : List.of(HttpMethod.PATCH, HttpMethod.DELETE)) {
            as(ann).method(method)
                    .uri(path)
                    .header(HttpHeaders.IF_MATCH, old)
                    .contentType(MediaType.APPLICATION_JSON)
                    .bodyValue(Map.of("name", "late"))
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
    void findsDatasetsAsTheSdkAsksForThem() {
        String projectId = project(ann);
        String sheep = dataset(ann, projectId, "sheep");
        dataset(ann, projectId, "goats");
        dataset(ann, project(ann), "sheep");

        JsonNode page = query(ann, """
                {"filter": {"$and": [{"name": "sheep"}, {"creator": "%s"}]}, "page": 0, "pageSize": 1000,
                 "resource": "datasets", "context": {"projects": ["%s"]}, "systemSpace": true}""".formatted(ann, projectId));

        assertThat(ids(page)).containsExactly(sheep);
        assertThat(page.path("hasNextPage").booleanValue()).isFalse();
        assertThat(page.path("totalItemsCount").intValue()).isEqualTo(1);
        assertThat(page.path("totalPagesCount").intValue()).isEqualTo(1);
    }

    @Test
    void showsBinariesOnlyToThoseWhoAskForThem() {
        String projectId = project(ann);
        dataset(ann, projectId);

        for (Map<String, Object> context : List.<Map<String, Object>>of(
                Map.of("projects", List.of(projectId)),
                Map.of("projectIds", List.of(projectId)),
                Map.of("datasets", List.of(projectId)),
                Map.of())) {
            assertThat(ids(query(ann, Map.of("context", context)))).hasSize(1);
            assertThat(ids(query(ann, Map.of("context", context, "systemSpace", true))))
                    .hasSize(2);
        }
        assertThat(json(get(ann, DATASETS))).hasSize(1);
        assertThat(json(get(ann, DATASETS + "?system=true"))).hasSize(2);
    }

    @Test
    void findsOnlyDatasetsOfProjectsThatTheCallerIsAMemberOf() {
        String own = project(ann);
        String foreign = project(bob);
        String mine = dataset(ann, own);
        String theirs = dataset(bob, foreign);

        assertThat(ids(query(ann, Map.of()))).containsExactly(mine);
        assertThat(ids(query(ann, Map.of("context", Map.of("projects", List.of(foreign))))))
                .isEmpty();
        assertThat(ids(query(ann, Map.of("context", Map.of("datasets", List.of(theirs, mine, "x"))))))
                .containsExactly(mine);
        assertThat(ids(query(ann, Map.of("filter", Map.of("id", theirs))))).isEmpty();
    }

    @Test
    void findsDatasetsByTheirFields() {
        String projectId = project(ann);
        String sheep = dataset(ann, projectId, "sheep");
        String goats = dataset(ann, projectId, "goats");
        json(patch(ann, DATASETS + "/" + sheep, """
                {"metadata": {"user": {"a.b": {"n": 5}, "tags": ["x", "y"]}}}"""));

        assertThat(filtered("{\"name\": \"*ee?\"}")).containsExactly(sheep);
        assertThat(filtered("{\"name\": {\"$ne\": \"sheep\"}}")).containsExactly(goats);
        assertThat(filtered("{\"id\": {\"$gt\": \"%s\"}}".formatted(sheep))).containsExactly(goats);
        assertThat(filtered("{\"projects\": \"%s\"}".formatted(projectId))).containsExactly(sheep, goats);
        assertThat(filtered("{\"readonly\": false}")).containsExactly(sheep, goats);
        assertThat(filtered("{\"readonly\": true}")).isEmpty();
        assertThat(filtered("{\"createdAt\": {\"$gt\": \"2020-01-01\"}}")).containsExactly(sheep, goats);
        assertThat(filtered("{\"metadata.user.tags\": \"y\"}")).containsExactly(sheep);
        assertThat(filtered("{\"metadata.user\": {\"$exists\": false}}")).containsExactly(goats);
        assertThat(filtered("{\"nothing\": 1}")).isEmpty();
        assertThat(filtered("{\"$or\": [{\"name\": \"sheep\"}, {\"name\": \"goats\"}]}"))
                .containsExactly(sheep, goats);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"filter\": {\"name\": {\"$regex\": \"a\"}}}",
                "{\"filter\": {\"$where\": \"1\"}}",
                "{\"filter\": {\"itemsCount\": 1}}",
                "{\"filter\": 5}",
                "{\"sort\": {\"annotated\": \"ascending\"}}",
                "{\"delete\": true}",
                "{\"update\": {\"name\": \"x\"}}",
                "{\"page\": -1}",
                "{\"context\": {\"projects\": \"p\"}}"
            })
    void refusesAQueryThatItCannotAnswerVisibly(String query) {
        problem(post(ann, DATASETS + "/query", query), 422);
    }

    @Test
    void pagesThroughDatasets() {
        String projectId = project(ann);
        List<String> datasets = Stream.of("a", "b", "c")
                .map(name -> dataset(ann, projectId, name))
                .toList();

        JsonNode first = query(ann, Map.of("page", 0, "pageSize", 2));
        JsonNode second = query(ann, Map.of("page", 1, "pageSize", 2));
        JsonNode beyond = query(ann, Map.of("page", 1_000_000_000, "pageSize", 1000));
        JsonNode counted = query(ann, Map.of("pageSize", 0));
        JsonNode sorted = query(ann, Map.of("sort", Map.of("name", "descending")));

        assertThat(ids(first)).isEqualTo(datasets.subList(0, 2));
        assertThat(first.path("hasNextPage").booleanValue()).isTrue();
        assertThat(first.path("totalPagesCount").intValue()).isEqualTo(2);
        assertThat(ids(second)).isEqualTo(datasets.subList(2, 3));
        assertThat(second.path("hasNextPage").booleanValue()).isFalse();
        assertThat(ids(beyond)).isEmpty();
        assertThat(ids(counted)).isEmpty();
        assertThat(counted.path("totalItemsCount").intValue()).isEqualTo(3);
        assertThat(ids(sorted)).containsExactly(datasets.get(2), datasets.get(1), datasets.get(0));
    }

    @Test
    void listsDatasetsAsAPlainArray() {
        String one = project(ann);
        String two = project(ann);
        String sheep = dataset(ann, one, "sheep");
        String goats = dataset(ann, two, "goats");

        assertThat(list("")).containsExactly(sheep, goats);
        assertThat(list("?name=goats")).containsExactly(goats);
        assertThat(list("?creator=" + bob)).isEmpty();
        assertThat(list("?projects=" + one)).containsExactly(sheep);
        assertThat(list("?projects=" + one + "," + two)).containsExactly(sheep, goats);
    }

    private List<String> list(String parameters) {
        return json(get(ann, DATASETS + parameters))
                .valueStream()
                .map(dataset -> dataset.path("id").stringValue())
                .toList();
    }

    @Test
    void isMadeOutOfAnotherOnceAndWithItsRecipes() {
        String projectId = project(ann);
        JsonNode source = json(get(ann, DATASETS + "/" + dataset(ann, projectId, "source")));
        String datasetId = new ObjectId().toHexString();
        Map<String, Object> copy =
                Map.of("name", "copy", "sources", List.of(source.path("id").stringValue()), "creator", bob);

        for (int repeated = 0; repeated < 2; repeated++) {
            make(datasetId, copy).expectStatus().isNoContent();
        }

        JsonNode made = json(get(ann, DATASETS + "/" + datasetId));
        assertThat(made.path("name").stringValue()).isEqualTo("copy");
        assertThat(made.path("creator").stringValue()).isEqualTo(bob);
        assertThat(made.path("srcDataset")).isEqualTo(source.path("id"));
        assertThat(made.path("metadata")).isEqualTo(source.path("metadata"));
        assertThat(source.has("srcDataset")).isFalse();
        assertThat(json(get(ann, "/internal/access/datasets/" + datasetId)).path("srcDataset"))
                .isEqualTo(source.path("id"));
        JsonNode taken = problem(make(new ObjectId().toHexString(), copy), 400);
        assertThat(taken.path("detail").stringValue()).isEqualTo("Dataset with the same name already exists");
        problem(make(datasetId, Map.of("name", "copy", "sources", List.of(UNKNOWN), "creator", bob)), 404);
        problem(make(datasetId, Map.of("name", "copy", "sources", List.of(), "creator", bob)), 400);
        as(ann).put()
                .uri("/internal/datasets/" + datasetId)
                .bodyValue(copy)
                .exchange()
                .expectStatus()
                .isForbidden();
    }

    private WebTestClient.ResponseSpec make(String datasetId, Map<String, Object> copy) {
        return withToken(PEERS.tokens().service("item-service", "dataset-service"))
                .put()
                .uri("/internal/datasets/" + datasetId)
                .bodyValue(copy)
                .exchange();
    }

    private List<String> filtered(String filter) {
        return ids(query(ann, "{\"filter\": " + filter + "}"));
    }

    private JsonNode query(String email, Object body) {
        return json(post(email, DATASETS + "/query", body));
    }

    private static List<String> ids(JsonNode page) {
        return page.path("items")
                .valueStream()
                .map(dataset -> dataset.path("id").stringValue())
                .toList();
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::stringValue).toList();
    }

    private static String recipeOf(JsonNode dataset) {
        return texts(dataset.path("metadata").path("system").path("recipes")).get(0);
    }

    private static String field(JsonNode problem) {
        return problem.path("errors").path(0).path("field").stringValue();
    }

    private static Map<String, Integer> days(int days) {
        return Map.of("itemMaxDays", days);
    }

    // Expiration of items

    @Test
    void letsItemsGoThatAreOlderThanTheDatasetKeepsThem() {
        String project = project(ann);
        String kept = dataset(ann, project);
        String limited = dataset(ann, project);
        patch(ann, "/api/v1/datasets/" + limited, Map.of("expirationOptions", Map.of("itemMaxDays", 3)))
                .expectStatus()
                .isOk();
        MovableClock clock = new MovableClock();
        ItemExpiration expiration = new ItemExpiration(mongo, itemClient, clock);
        // Whoever else has looked at it has done so before.
        clock.advance(ItemExpiration.PERIOD.multipliedBy(2));

        expiration.run().block(PATIENCE);
        Instant first = clock.instant();
        assertThat(PEERS.keptFrom(limited)).contains(first.minus(Duration.ofDays(3)));
        assertThat(PEERS.keptFrom(kept)).isEmpty();

        clock.advance(ItemExpiration.PERIOD.minusMinutes(1));
        expiration.run().block(PATIENCE);
        assertThat(PEERS.keptFrom(limited)).contains(first.minus(Duration.ofDays(3)));

        clock.advance(Duration.ofMinutes(1));
        expiration.run().block(PATIENCE);
        assertThat(PEERS.keptFrom(limited)).contains(clock.instant().minus(Duration.ofDays(3)));
    }
}
