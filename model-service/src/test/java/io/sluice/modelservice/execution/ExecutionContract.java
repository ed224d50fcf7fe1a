package io.sluice.modelservice.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.modelservice.testing.RunningModelService;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpMethod;
import tools.jackson.databind.JsonNode;

abstract class ExecutionContract extends RunningModelService {

    private static final String API = "/api/v1";
    private static final String MODELS = API + "/ml/models";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Map<String, Object> OF_FILES = Map.of("kind", "bytes", "begin", 4, "end", 0);

    private Reply model(String project, Map<String, Object> configuration) {
        Reply model = ask(
                "engineer",
                HttpMethod.POST,
                MODELS,
                Map.of(
                        "name",
                        "m " + UUID.randomUUID(),
                        "projectId",
                        project,
                        "labels",
                        List.of("letters", "nothing"),
                        "configuration",
                        configuration));
        try {
            byte[] file = Files.readAllBytes(Path.of("src", "test", "models", "letters.onnx"));
            return ask("engineer", HttpMethod.PUT, MODELS + "/" + model.id() + "/artifact", file);
        } catch (IOException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private Reply classifier(String project) {
        return model(project, Map.of("input", OF_FILES));
    }

    private Reply embedder(String project) {
        return model(project, Map.of("input", OF_FILES, "output", Map.of("kind", "embedding")));
    }

    private static String text(String project, String content) {
        return stored(project, "/" + content + ".txt", content.getBytes(StandardCharsets.UTF_8));
    }

    private Reply predict(Reply model, Map<String, Object> input) {
        return ask("annotator", HttpMethod.POST, MODELS + "/" + model.id() + "/predict", Map.of("input", input));
    }

    private Reply execution(String id) {
        return ask("annotator", HttpMethod.GET, API + "/executions/" + id, null);
    }

    private Reply ended(Reply accepted) {
        assertThat(accepted.status()).as(accepted.json().toString()).isEqualTo(200);
        await().atMost(PATIENCE)
                .until(() -> !List.of("created", "in-progress")
                        .contains(execution(accepted.id())
                                .at("/latestStatus/status")
                                .asString()));
        return execution(accepted.id());
    }

    @Test
    void whatAModelSaysOfItemsIsKeptAsAnnotations() {
        String project = newProject();
        Reply model = classifier(project);
        String one = text(project, "!!!!");
        String other = text(project, "zzzz");

        Reply ended = ended(predict(model, Map.of("itemIds", List.of(other, one))));

        assertThat(ended.at("/latestStatus/status").asString()).isEqualTo("success");
        assertThat(ended.at("/latestStatus/percentComplete").asInt()).isEqualTo(100);
        assertThat(ended.at("/output").toString()).isEqualTo("{\"itemsCount\":2,\"failedCount\":0}");
        JsonNode said = Objects.requireNonNull(said(other)).get(0);
        assertThat(said.path("type").asString()).isEqualTo("class");
        assertThat(said.path("label").asString()).isEqualTo("letters");
        assertThat(said.at("/metadata/user/model/model_id").asString()).isEqualTo(model.id());
        assertThat(said.at("/metadata/user/model/confidence").asDouble()).isBetween(0.5, 1.0);
        assertThat(said(one)).isNotNull();
    }

    @Test
    void ofADatasetAllItemsAreAsked() {
        String project = newProject();
        Reply model = classifier(project);
        List<String> items = new ArrayList<>();
        for (int number = 0; number < 70; number++) {
            items.add(text(project, "item " + number));
        }

        Reply ended = ended(predict(model, Map.of("datasetId", project)));

        // One more is the model's own file, which is not hidden from this stand-in for item-service.
        assertThat(ended.at("/output/itemsCount").asInt()).isEqualTo(items.size() + 1);
        assertThat(items).allSatisfy(item -> assertThat(said(item)).isNotNull());
    }

    @Test
    void anItemWithALabelThatItsDatasetDoesNotTakeIsToldInTheLog() {
        String strict = newProject();
        takesOnly(strict, "nothing");
        Reply model = classifier(newProject());
        String wrong = text(strict, "wrong");
        String good = text(newProject(), "good");

        Reply ended = ended(predict(model, Map.of("itemIds", List.of(good, wrong))));

        assertThat(ended.at("/output").toString()).isEqualTo("{\"itemsCount\":2,\"failedCount\":1}");
        Reply log =
                ask("annotator", HttpMethod.POST, API + "/services/logs", Map.of("executionId", List.of(ended.id())));
        assertThat(log.at("/logs/0/itemId").asString()).isEqualTo(wrong);
        assertThat(log.at("/logs/0/message").asString()).contains("takes no others: letters");
        assertThat(said(wrong)).isNull();
        assertThat(said(good)).isNotNull();
    }

    @Test
    void anItemThatTheModelCannotBeAskedAboutIsToldInTheLogAndTheOthersGoOn() {
        String project = newProject();
        Reply model = model(project, Map.of("input", Map.of("kind", "image")));
        Reply refused = predict(model, Map.of("itemIds", List.of(text(project, "none"))));
        assertThat(refused.status()).isEqualTo(422);

        Reply classifier = classifier(project);
        String good = text(project, "good");
        String large = stored(project, "/large", new byte[ExecutedItems.LARGEST + 1]);
        Reply ended = ended(predict(classifier, Map.of("itemIds", List.of(good, large))));

        assertThat(ended.at("/latestStatus/status").asString()).isEqualTo("success");
        assertThat(ended.at("/output/failedCount").asInt()).isEqualTo(1);
        Reply log =
                ask("annotator", HttpMethod.POST, API + "/services/logs", Map.of("executionId", List.of(ended.id())));
        assertThat(log.at("/logs")).hasSize(1);
        assertThat(log.at("/logs/0/itemId").asString()).isEqualTo(large);
        assertThat(log.at("/logs/0/message").asString()).contains("bytes");
        assertThat(log.at("/stop").asBoolean()).isTrue();
    }

    @Test
    void failsWhenNoItemCouldBeAsked() {
        String project = newProject();
        String large = stored(project, "/large", new byte[ExecutedItems.LARGEST + 1]);

        Reply ended = ended(predict(classifier(project), Map.of("itemIds", List.of(large))));

        assertThat(ended.at("/latestStatus/status").asString()).isEqualTo("failed");
        assertThat(ended.at("/latestStatus/error").asString()).contains("log");
    }

    @Test
    void vectorsAreKeptByAModelThatMakesThem() {
        String project = newProject();
        Reply model = embedder(project);
        String item = text(project, "abcd");

        Reply ended = ended(ask(
                "engineer",
                HttpMethod.POST,
                MODELS + "/" + model.id() + "/embed",
                Map.of("input", Map.of("itemIds", List.of(item)))));

        assertThat(ended.at("/latestStatus/status").asString()).isEqualTo("success");
        assertThat(said(item)).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "{}, input",
        "{\"input\": {}}, input",
        "{\"input\": {\"itemIds\": []}}, input.itemIds",
        "{\"input\": {\"itemIds\": [7]}}, input.itemIds[0]",
        "{\"input\": {\"datasetId\": \"x\"}}, input",
    })
    void namesWhatIsWrongWithTheInput(String body, String field) {
        Reply reply = ask(
                "annotator",
                HttpMethod.POST,
                MODELS + "/" + classifier(newProject()).id() + "/predict",
                body.getBytes(StandardCharsets.UTF_8),
                "Content-Type",
                "application/json");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.at("/errors/0/field").asString()).isEqualTo(field);
    }

    @Test
    void anItemThatNobodyKnowsIsRefusedBeforeAnythingIsDone() {
        Reply reply = predict(classifier(newProject()), Map.of("itemIds", List.of("6b0183990000000000009999")));

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.at("/errors/0/field").asString()).isEqualTo("input.itemIds");
    }

    @Test
    void aModelIsAskedForWhatItMakes() {
        String project = newProject();
        Map<String, Object> input = Map.of("itemIds", List.of(text(project, "some")));

        assertThat(predict(embedder(project), input).status()).isEqualTo(422);
        Reply embedded = ask(
                "engineer",
                HttpMethod.POST,
                MODELS + "/" + classifier(project).id() + "/embed",
                Map.of("input", input));
        assertThat(embedded.status()).isEqualTo(422);
    }

    @Test
    void aDeployedModelIsAServiceUntilThatIsDeleted() {
        Reply model = classifier(newProject());
        String path = API + "/services/" + model.id();
        assertThat(ask("engineer", HttpMethod.GET, path, null).status()).isEqualTo(404);

        Reply service = ask("engineer", HttpMethod.POST, MODELS + "/" + model.id() + "/deploy", Map.of());
        Reply again = ask("engineer", HttpMethod.POST, MODELS + "/" + model.id() + "/deploy", Map.of());
        Reply deployed = ask("engineer", HttpMethod.GET, MODELS + "/" + model.id(), null);

        assertThat(service.status()).isEqualTo(200);
        assertThat(again.id()).isEqualTo(service.id());
        assertThat(deployed.at("/status").asString()).isEqualTo("deployed");
        assertThat(deployed.at("/metadata/system/deploy/services/0").asString()).isEqualTo(service.id());
        assertThat(ask("engineer", HttpMethod.GET, path, null).at("/name")).isEqualTo(model.at("/name"));

        assertThat(ask("engineer", HttpMethod.DELETE, path, null).status()).isEqualTo(204);
        assertThat(ask("engineer", HttpMethod.GET, path, null).status()).isEqualTo(404);
    }

    @Test
    void executionsAreFoundByModelAndStatus() {
        String project = newProject();
        Reply model = classifier(project);
        Reply ended = ended(predict(model, Map.of("itemIds", List.of(text(project, "some")))));
        Map<String, Object> query = new HashMap<>(Map.of("context", Map.of("projects", List.of(project))));

        query.put(
                "filter",
                Map.of("$and", List.of(Map.of("modelId", model.id()), Map.of("latestStatus.status", "success"))));
        Reply found = ask("annotator", HttpMethod.POST, API + "/query/faas", query);
        query.put("filter", Map.of("latestStatus.status", "in-progress"));
        Reply none = ask("annotator", HttpMethod.POST, API + "/query/faas", query);

        assertThat(found.at("/totalItemsCount").asInt()).isEqualTo(1);
        assertThat(found.at("/items/0/id").asString()).isEqualTo(ended.id());
        assertThat(none.at("/totalItemsCount").asInt()).isZero();
    }

    @Test
    void oneThatHasEndedIsCarriedOutAgainAsANewOne() {
        String project = newProject();
        Reply first = ended(predict(classifier(project), Map.of("itemIds", List.of(text(project, "some")))));

        Reply second = ended(ask("annotator", HttpMethod.POST, API + "/executions/" + first.id() + "/rerun", null));
        Reply terminated = ask("annotator", HttpMethod.POST, API + "/executions/" + first.id() + "/terminate", null);

        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(second.at("/input")).isEqualTo(first.at("/input"));
        assertThat(terminated.at("/latestStatus/status").asString()).isEqualTo("success");
    }

    @Test
    void aStrangerSeesNoExecution() {
        String project = newProject();
        Reply ended = ended(predict(classifier(project), Map.of("itemIds", List.of(text(project, "some")))));

        Reply hidden = ask("stranger", HttpMethod.GET, API + "/executions/" + ended.id(), null);
        Reply unknown = ask("stranger", HttpMethod.GET, API + "/executions/6b0183990000000000009999", null);

        assertThat(hidden.status()).isEqualTo(404);
        assertThat(unknown.status()).isEqualTo(404);
    }
}
