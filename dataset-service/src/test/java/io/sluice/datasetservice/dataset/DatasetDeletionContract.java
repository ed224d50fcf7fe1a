package io.sluice.datasetservice.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.datasetservice.ApiContract;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.test.context.TestPropertySource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

@TestPropertySource(
        properties = {"dataset-service.deletion.poll=100ms", "dataset-service.deletion.longest-pause=200ms"})
abstract class DatasetDeletionContract extends ApiContract {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Autowired
    private ReactiveMongoTemplate mongo;

    private final String ann = person("ann");
    private final String bob = person("bob");

    @Test
    void takesItemsRecipeAndOntologyWithADataset() {
        String datasetId = dataset(ann, project(ann));
        String recipeId = recipeOf(datasetId);
        String ontologyId = ontologyOf(recipeId);

        delete(ann, path(datasetId)).expectStatus().isNoContent();

        problem(get(ann, path(datasetId)), 404);
        await().atMost(PATIENCE).until(() -> isGone("datasets", datasetId));
        assertThat(PEERS.hasDeleted(datasetId)).isTrue();
        assertThat(isGone("recipes", recipeId)).isTrue();
        assertThat(isGone("ontologies", ontologyId)).isTrue();
    }

    @Test
    void leavesTheRecipeThatAnotherDatasetUses() {
        String projectId = project(ann);
        String datasetId = dataset(ann, projectId);
        String recipeId = recipeOf(datasetId);
        String other = dataset(ann, projectId);
        useRecipe(ann, other, recipeId);

        delete(ann, path(datasetId)).expectStatus().isNoContent();

        await().atMost(PATIENCE).until(() -> isGone("datasets", datasetId));
        assertThat(isGone("recipes", recipeId)).isFalse();
        delete(ann, path(other)).expectStatus().isNoContent();
        await().atMost(PATIENCE).until(() -> isGone("datasets", other));
        assertThat(isGone("recipes", recipeId)).isTrue();
    }

    @Test
    void leavesTheRecipeOfAnotherProject() {
        String foreign = recipeOf(dataset(ann, project(ann)));
        String datasetId = dataset(bob, project(bob));
        useRecipe(bob, datasetId, foreign);

        delete(bob, path(datasetId)).expectStatus().isNoContent();

        await().atMost(PATIENCE).until(() -> isGone("datasets", datasetId));
        json(get(ann, "/api/v1/recipes/" + foreign));
    }

    @Test
    void goesOnWhenItemServiceComesBack() {
        String projectId = project(ann);
        String datasetId = dataset(ann, projectId, "sheep");

        PEERS.withoutItemService(() -> {
            delete(ann, path(datasetId)).expectStatus().isNoContent();
            problem(get(ann, path(datasetId)), 404);
            dataset(ann, projectId, "sheep");
            await().atMost(PATIENCE).until(() -> attempts(datasetId) >= 3);
        });

        await().atMost(PATIENCE).until(() -> isGone("datasets", datasetId));
        assertThat(PEERS.hasDeleted(datasetId)).isTrue();
    }

    @Test
    void showsADatasetWhileItemServiceIsAway() {
        String datasetId = dataset(ann, project(ann));
        PEERS.holds(datasetId, 7);
        json(get(ann, path(datasetId)));

        PEERS.withoutItemService(() -> {
            assertThat(json(get(ann, path(datasetId))).path("itemsCount").intValue())
                    .isEqualTo(7);
            String unseen = dataset(ann, project(ann));
            assertThat(json(get(ann, path(unseen))).path("itemsCount").intValue())
                    .isZero();
        });
    }

    @Test
    void takesAllDatasetsWithAProject() {
        String projectId = project(ann);
        String datasetId = dataset(ann, projectId);
        String binaries = binariesOf(projectId);

        PEERS.withoutItemService(() -> {
            delete(ann, "/api/v1/projects/" + projectId).expectStatus().isNoContent();
            problem(get(ann, path(datasetId)), 404);
            problem(get(ann, path(binaries)), 404);
            assertThat(json(get(ann, "/api/v1/datasets"))).isEmpty();
            await().atMost(PATIENCE).until(() -> attempts(datasetId) >= 2);
            assertThat(isGone("projects", projectId)).isFalse();
        });

        await().atMost(PATIENCE).until(() -> isGone("projects", projectId));
        assertThat(List.of(datasetId, binaries)).allMatch(PEERS::hasDeleted).allMatch(id -> isGone("datasets", id));
        assertThat(PEERS.hasDeleted(projectId)).isTrue();
    }

    private static String path(String datasetId) {
        return "/api/v1/datasets/" + datasetId;
    }

    private String recipeOf(String datasetId) {
        Document dataset = Objects.requireNonNull(stored("datasets", datasetId).block(PATIENCE));
        return dataset.getEmbedded(List.of("metadata", "system"), Document.class)
                .getList("recipes", String.class)
                .get(0);
    }

    private String ontologyOf(String recipeId) {
        return json(get(ann, "/api/v1/recipes/" + recipeId))
                .path("ontologyIds")
                .path(0)
                .stringValue();
    }

    private void useRecipe(String email, String datasetId, String recipeId) {
        Map<String, Object> patch = Map.of("metadata", Map.of("system", Map.of("recipes", List.of(recipeId))));
        json(patch(email, path(datasetId) + "?system=true", patch));
    }

    private String binariesOf(String projectId) {
        Map<String, Object> query = Map.of(
                "filter",
                Map.of("name", "Binaries"),
                "context",
                Map.of("projects", List.of(projectId)),
                "systemSpace",
                true);
        JsonNode page = json(post(ann, "/api/v1/datasets/query", query));
        return page.path("items").path(0).path("id").stringValue();
    }

    private int attempts(String datasetId) {
        return Objects.requireNonNull(stored("datasets", datasetId).block(PATIENCE))
                .get("deletion", Document.class)
                .getInteger("attempts");
    }

    private boolean isGone(String collection, String id) {
        return stored(collection, id).block(PATIENCE) == null;
    }

    private Mono<Document> stored(String collection, String id) {
        return mongo.findById(new ObjectId(id), Document.class, collection);
    }
}
