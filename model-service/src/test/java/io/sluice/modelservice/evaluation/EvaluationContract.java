package io.sluice.modelservice.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.sluice.kit.command.Command;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.modelservice.testing.RunningModelService;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.http.HttpMethod;
import tools.jackson.databind.JsonNode;

abstract class EvaluationContract extends RunningModelService {

    private static final String API = "/api/v1";
    private static final String MODELS = API + "/ml/models";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Offset<Double> ABOUT = within(1e-6);

    @Autowired
    private ReactiveMongoTemplate mongo;

    private Reply model(String file, List<String> labels, Map<String, Object> configuration) {
        Reply model = ask(
                "engineer",
                HttpMethod.POST,
                MODELS,
                Map.of(
                        "name",
                        "m " + UUID.randomUUID(),
                        "projectId",
                        newProject(),
                        "labels",
                        labels,
                        "configuration",
                        configuration));
        try {
            byte[] bytes = Files.readAllBytes(Path.of("src", "test", "models", file));
            return ask("engineer", HttpMethod.PUT, MODELS + "/" + model.id() + "/artifact", bytes);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Reply classifier() {
        return model("colours.onnx", List.of("red", "green", "blue"), Map.of());
    }

    private Reply detector() {
        return model("drawn.onnx", List.of("a", "b"), Map.of("output", Map.of("kind", "detection", "relative", true)));
    }

    private static byte[] png(BufferedImage picture) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, "png", bytes);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return bytes.toByteArray();
    }

    private static String coloured(String dataset, int color) {
        BufferedImage picture = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
        for (int at = 0; at < 64; at++) {
            picture.setRGB(at % 8, at / 8, color);
        }
        return stored(dataset, "/" + UUID.randomUUID() + ".png", png(picture));
    }

    /** What the detector finds in a picture: a fifth of the picture is 51. */
    private record Thing(int number, int score, int left, int top, int right, int bottom) {}

    private static String drawn(String dataset, Thing... things) {
        BufferedImage picture = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
        for (int row = 0; row < things.length; row++) {
            Thing thing = things[row];
            int blue = (int) Math.round(thing.number() * 25.5);
            picture.setRGB(0, row, thing.left() << 16 | thing.score() << 8 | blue);
            picture.setRGB(1, row, thing.top() << 16);
            picture.setRGB(2, row, thing.right() << 16);
            picture.setRGB(3, row, thing.bottom() << 16);
        }
        return stored(dataset, "/" + UUID.randomUUID() + ".png", png(picture));
    }

    private static Map<String, Double> point(double x, double y) {
        return Map.of("x", x, "y", y);
    }

    private static void box(String item, String label, double left, double top, double right, double bottom) {
        saidByPeople(item, "box", label, List.of(point(left, top), point(right, bottom)));
    }

    private Reply evaluate(String name, Reply model, String dataset) {
        return ask(
                name,
                HttpMethod.POST,
                MODELS + "/" + model.id() + "/evaluate",
                Map.of(
                        "input",
                        Map.of(
                                "datasetId",
                                dataset,
                                "datasetQuery",
                                Map.of("filter", Map.of(), "page", 0, "pageSize", 1000, "resource", "items"))));
    }

    private Reply ended(Reply accepted) {
        assertThat(accepted.status()).as(accepted.json().toString()).isEqualTo(200);
        return ended(accepted.id());
    }

    private Reply ended(String id) {
        await().atMost(PATIENCE)
                .until(() -> !List.of("created", "in-progress")
                        .contains(execution(id).at("/latestStatus/status").asString()));
        return execution(id);
    }

    private Reply execution(String id) {
        return ask("engineer", HttpMethod.GET, API + "/executions/" + id, null);
    }

    private List<JsonNode> metrics(Reply model, String figure, String legend) {
        Reply page = ask(
                "annotator",
                HttpMethod.POST,
                API + "/ml/metrics/query",
                Map.of(
                        "filter",
                        Map.of("$and", List.of(Map.of("modelId", model.id()))),
                        "page",
                        0,
                        "pageSize",
                        1000,
                        "resource",
                        "metrics",
                        "context",
                        Map.of("projects", List.of(model.at("/context/project").asString()))));
        assertThat(page.status()).as(page.json().toString()).isEqualTo(200);
        return StreamSupport.stream(page.at("/items").spliterator(), false)
                .filter(metric -> metric.path("figure").asString().equals(figure)
                        && metric.path("legend").asString().equals(legend))
                .toList();
    }

    private double value(Reply model, String figure, String legend) {
        List<JsonNode> found = metrics(model, figure, legend);
        assertThat(found).as(figure + " " + legend).hasSize(1);
        return found.get(0).at("/data/y").asDouble();
    }

    private Map<String, Integer> confused(Reply model, String label) {
        JsonNode data = metrics(model, "Confusion matrix", label).get(0).path("data");
        return Stream.iterate(0, at -> at + 1)
                .limit(data.path("x").size())
                .collect(Collectors.toMap(
                        at -> data.path("x").path(at).asString(),
                        at -> data.path("y").path(at).asInt()));
    }

    /** Red and green for red; green, and blue of two that are said; and one of which nothing is said. */
    private static String colours() {
        String dataset = newProject();
        saidByPeople(coloured(dataset, 0xff0000), "class", "red", "");
        saidByPeople(coloured(dataset, 0xff0000), "class", "green", "");
        saidByPeople(coloured(dataset, 0x00ff00), "class", "green", "");
        String both = coloured(dataset, 0x0000ff);
        saidByPeople(both, "class", "red", "");
        saidByPeople(both, "class", "blue", "");
        coloured(dataset, 0x0000ff);
        return dataset;
    }

    private void assertColours(Reply ended, Reply model) {
        assertThat(ended.at("/latestStatus/status").asString())
                .as(ended.json().toString())
                .isEqualTo("success");
        assertThat(ended.at("/output/itemsCount").asInt()).isEqualTo(5);
        assertThat(ended.at("/output/failedCount").asInt()).isZero();
        assertThat(ended.at("/output/comparedCount").asInt()).isEqualTo(4);
        assertThat(ended.at("/output/unlabeledCount").asInt()).isEqualTo(1);
        assertThat(ended.at("/output/accuracy").asDouble()).isEqualTo(0.75, ABOUT);
        assertThat(ended.at("/output/f1").asDouble()).isEqualTo(7 / 9.0, ABOUT);
        assertThat(value(model, "Accuracy", "all labels")).isEqualTo(0.75, ABOUT);
        assertThat(value(model, "Precision", "red")).isEqualTo(0.5, ABOUT);
        assertThat(value(model, "Recall", "red")).isEqualTo(1, ABOUT);
        assertThat(value(model, "F1", "red")).isEqualTo(2 / 3.0, ABOUT);
        assertThat(value(model, "Precision", "green")).isEqualTo(1, ABOUT);
        assertThat(value(model, "Recall", "green")).isEqualTo(0.5, ABOUT);
        assertThat(value(model, "Precision", "all labels")).isEqualTo(2.5 / 3, ABOUT);
        assertThat(confused(model, "red")).isEqualTo(Map.of("red", 1));
        assertThat(confused(model, "green")).isEqualTo(Map.of("green", 1, "red", 1));
        assertThat(confused(model, "blue")).isEqualTo(Map.of("blue", 1));
    }

    @Test
    void aClassifierIsComparedWithTheClassesThatPeopleHaveSaid() {
        Reply model = classifier();

        Reply ended = ended(evaluate("engineer", model, colours()));

        assertColours(ended, model);
        assertThat(ended.at("/functionName").asString()).isEqualTo("evaluate");
    }

    @Test
    void aDetectorIsComparedWithTheBoxesThatPeopleHaveDrawn() {
        Reply model = detector();
        String dataset = newProject();
        // A picture is 8 pixels wide, so 51 is 1.6 of them. The first thing is right, the second has the other label.
        String one = drawn(dataset, new Thing(0, 230, 0, 0, 102, 102), new Thing(0, 204, 153, 153, 255, 255));
        box(one, "a", 0, 0, 3.2, 3.2);
        box(one, "b", 4.8, 4.8, 8, 8);
        // The first overlaps by 38.4 / 56 = 0.686, the second is nothing, and one is not found.
        String other = drawn(dataset, new Thing(0, 178, 0, 0, 255, 153), new Thing(1, 153, 0, 0, 102, 102));
        box(other, "a", 0, 0, 8, 7);
        box(other, "a", 0, 7, 1.6, 8);

        Reply ended = ended(evaluate("engineer", model, dataset));

        assertThat(ended.at("/latestStatus/status").asString())
                .as(ended.json().toString())
                .isEqualTo("success");
        assertThat(value(model, "Precision", "a")).isEqualTo(2 / 3.0, ABOUT);
        assertThat(value(model, "Recall", "a")).isEqualTo(2 / 3.0, ABOUT);
        assertThat(value(model, "Recall", "b")).isZero();
        // Of 101 recalls, 34 are reached with a precision of 1, and 33 more with 2/3 when two thirds must overlap at
        // most.
        List<JsonNode> averages = metrics(model, "AP", "a");
        assertThat(averages).hasSize(10);
        assertThat(averages.get(0).at("/data/x").asDouble()).isEqualTo(0.5, ABOUT);
        assertThat(averages.get(0).at("/data/y").asDouble()).isEqualTo(56 / 101.0, ABOUT);
        assertThat(averages.get(3).at("/data/y").asDouble()).isEqualTo(56 / 101.0, ABOUT);
        assertThat(averages.get(4).at("/data/y").asDouble()).isEqualTo(34 / 101.0, ABOUT);
        assertThat(value(model, "mAP", "0.5")).isEqualTo(28 / 101.0, ABOUT);
        assertThat(ended.at("/output/mAP").asDouble()).isEqualTo((4 * 56 + 6 * 34) / 1010.0 / 2, ABOUT);
        assertThat(metrics(model, "Precision-Recall", "a")).hasSize(21);
        assertThat(metrics(model, "Precision-Recall", "a").get(7).at("/data/y").asDouble())
                .isEqualTo(2 / 3.0, ABOUT);
        assertThat(confused(model, "a")).isEqualTo(Map.of("a", 2, "background", 1));
        assertThat(confused(model, "b")).isEqualTo(Map.of("a", 1));
        assertThat(confused(model, "background")).isEqualTo(Map.of("b", 1));
    }

    @Test
    void masksPolygonsAndEllipsesAreComparedByTheBoxAroundThem() {
        Reply model = detector();
        String dataset = newProject();
        String item = drawn(
                dataset,
                new Thing(0, 230, 0, 0, 102, 102),
                new Thing(0, 204, 153, 153, 255, 255),
                new Thing(1, 204, 0, 153, 102, 255));
        saidByPeople(item, "segment", "a", List.of(List.of(point(0, 0), point(3.2, 1), point(1, 3.2))));
        BufferedImage mask = new BufferedImage(8, 8, BufferedImage.TYPE_INT_ARGB);
        for (int at = 0; at < 9; at++) {
            mask.setRGB(5 + at % 3, 5 + at / 3, 0xff00ff00);
        }
        saidByPeople(
                item,
                "binary",
                "a",
                "data:image/png;base64," + Base64.getEncoder().encodeToString(png(mask)));
        saidByPeople(item, "ellipse", "b", Map.of("center", point(1.6, 6.4), "rx", 1.6, "ry", 1.6, "angle", 0));

        Reply ended = ended(evaluate("engineer", model, dataset));

        assertThat(ended.at("/output/recall").asDouble())
                .as(ended.json().toString())
                .isEqualTo(1, ABOUT);
        assertThat(ended.at("/output/mAP50").asDouble()).isEqualTo(1, ABOUT);
    }

    @Test
    void whoGoesOnWithAnEvaluationCountsNothingTwice() {
        Reply model = classifier();
        String dataset = colours();
        Reply accepted = ended(evaluate("engineer", model, dataset));
        // As it was left by a replica that died when all labels but one were counted, and nothing was published.
        Command left = Objects.requireNonNull(
                mongo.findById(accepted.id(), Command.class).block(PATIENCE));
        remove("evaluation_counts", accepted.id() + "/green");
        mongo.remove(Query.query(Criteria.where("modelId").is(model.id())), "metrics")
                .block(PATIENCE);
        mongo.save(new Command(
                        left.id(),
                        left.type(),
                        Command.Status.IN_PROGRESS,
                        left.creator(),
                        left.datasetId(),
                        left.projectId(),
                        new JsonObject(Map.of("datasetId", dataset)),
                        left.about(),
                        left.total(),
                        0,
                        new Command.Step(null, idsOf(dataset), 5),
                        null,
                        null,
                        false,
                        1,
                        left.creator() + "/19",
                        "dead",
                        left.createdAt(),
                        left.createdAt(),
                        left.createdAt(),
                        null,
                        left.revision()))
                .block(PATIENCE);

        assertColours(ended(accepted.id()), model);
    }

    private void remove(String collection, String id) {
        assertThat(mongo.remove(Query.query(Criteria.where("_id").is(id)), collection)
                        .block(PATIENCE))
                .matches(result -> Objects.requireNonNull(result).getDeletedCount() == 1);
    }

    private static String idsOf(String dataset) {
        return String.join("", storedIn(dataset));
    }

    @Test
    void theSecondEvaluationTakesThePlaceOfTheFirst() {
        Reply model = classifier();
        String dataset = colours();
        Reply first = ended(evaluate("engineer", model, dataset));

        Reply second = ended(ask("engineer", HttpMethod.POST, API + "/executions/" + first.id() + "/rerun", null));

        assertColours(second, model);
        assertThat(metrics(model, "Accuracy", "all labels")
                        .get(0)
                        .path("executionId")
                        .asString())
                .isEqualTo(second.id());
    }

    @Test
    void whatCannotBeEvaluatedIsRefused() {
        Reply model = classifier();
        Reply noDataset = ask(
                "engineer",
                HttpMethod.POST,
                MODELS + "/" + model.id() + "/evaluate",
                Map.of("input", Map.of("itemIds", List.of(coloured(newProject(), 0)))));
        Reply vectors = model("colours.onnx", List.of(), Map.of("output", Map.of("kind", "embedding")));

        assertThat(noDataset.status()).isEqualTo(400);
        assertThat(noDataset.at("/errors/0/field").asString()).isEqualTo("input.datasetId");
        assertThat(evaluate("engineer", vectors, newProject()).status()).isEqualTo(422);
        assertThat(evaluate("annotator", model, newProject()).status()).isEqualTo(403);
        assertThat(evaluate("stranger", model, newProject()).status()).isEqualTo(404);
    }

    @Test
    void aModelIsNotTrained() {
        Reply refused =
                ask("engineer", HttpMethod.POST, MODELS + "/" + classifier().id() + "/train", Map.of());

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.at("/detail").asString()).contains("trained").contains("/artifact");
    }
}
