package io.sluice.modelservice.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.modelservice.testing.RunningModelService;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;

abstract class MetricContract extends RunningModelService {

    private static final String API = "/api/v1";
    private static final String METRICS = API + "/ml/metrics";

    private Reply model(String project) {
        return ask(
                "engineer",
                HttpMethod.POST,
                API + "/ml/models",
                Map.of("name", "m " + UUID.randomUUID(), "projectId", project));
    }

    private static Map<String, Object> sample(Reply model, Object x, Object y) {
        return Map.of("modelId", model.id(), "figure", "loss", "legend", "train", "data", Map.of("x", x, "y", y));
    }

    private Reply publish(String name, Object body) {
        return ask(name, HttpMethod.POST, METRICS + "/publish", body);
    }

    private Reply list(String name, Reply model) {
        return ask(
                name,
                HttpMethod.POST,
                METRICS + "/query",
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
    }

    @Test
    void whatIsPublishedIsFoundInItsOrder() {
        Reply model = model(newProject());

        Reply published = publish(
                "engineer",
                IntStream.range(0, 30)
                        .mapToObj(epoch -> sample(model, epoch, 1.0 / (1 + epoch)))
                        .toList());
        Reply alone = publish("engineer", sample(model, List.of("a", "b"), List.of(1, 2)));
        Reply page = list("annotator", model);

        assertThat(published.json().toString()).isEqualTo("{\"succeeded\":30,\"failed\":0,\"errorMap\":{}}");
        assertThat(alone.at("/succeeded").asInt()).isEqualTo(1);
        assertThat(page.at("/totalItemsCount").asInt()).isEqualTo(31);
        assertThat(StreamSupport.stream(page.at("/items").spliterator(), false)
                        .limit(30)
                        .map(metric -> metric.at("/data/x").asInt())
                        .collect(Collectors.toList()))
                .isEqualTo(IntStream.range(0, 30).boxed().toList());
        assertThat(page.at("/items/0/type").asString()).isEqualTo("line");
        assertThat(page.at("/items/0/context/project").asString())
                .isEqualTo(model.at("/context/project").asString());
        assertThat(page.at("/items/30/data/x/1").asString()).isEqualTo("b");
    }

    @Test
    void anIdMayBeInCapitals() {
        Reply model = model(newProject());

        Reply published = publish(
                "engineer",
                Map.of("modelId", model.id().toUpperCase(Locale.ROOT), "figure", "f", "data", Map.of("x", 1, "y", 2)));

        assertThat(published.status()).isEqualTo(200);
        assertThat(list("engineer", model).at("/totalItemsCount").asInt()).isEqualTo(1);
    }

    @Test
    void oneIsReadAndDeleted() {
        Reply model = model(newProject());
        publish("engineer", sample(model, 1, 2));
        String path = METRICS + "/" + list("engineer", model).at("/items/0/id").asString();

        assertThat(ask("annotator", HttpMethod.GET, path, null).at("/figure").asString())
                .isEqualTo("loss");
        assertThat(ask("annotator", HttpMethod.DELETE, path, null).status()).isEqualTo(403);
        assertThat(ask("engineer", HttpMethod.DELETE, path, null).status()).isEqualTo(204);
        assertThat(ask("engineer", HttpMethod.GET, path, null).status()).isEqualTo(404);
    }

    @Test
    void theyGoWithTheirModelAndWithItsProject() {
        String project = newProject();
        Reply model = model(project);
        Reply other = model(project);
        publish("engineer", List.of(sample(model, 1, 2), sample(other, 1, 2)));

        ask("engineer", HttpMethod.DELETE, API + "/ml/models/" + model.id(), null);

        assertThat(list("engineer", model).at("/totalItemsCount").asInt()).isZero();
        assertThat(list("engineer", other).at("/totalItemsCount").asInt()).isEqualTo(1);
        askAsService(HttpMethod.DELETE, "/internal/projects/" + project);
        assertThat(list("engineer", other).at("/totalItemsCount").asInt()).isZero();
    }

    @Test
    void onlyWhoMayChangeTheModelPublishes() {
        Reply model = model(newProject());

        assertThat(publish("annotator", sample(model, 1, 2)).status()).isEqualTo(403);
        assertThat(publish("stranger", sample(model, 1, 2)).status()).isEqualTo(404);
        assertThat(list("stranger", model).status()).isEqualTo(404);
        assertThat(list("engineer", model).at("/totalItemsCount").asInt()).isZero();
    }

    @Test
    void namesWhatIsWrongWithASample() {
        Reply model = model(newProject());

        Reply nothing = publish("engineer", List.of());
        Reply noData = publish("engineer", List.of(sample(model, 1, 2), Map.of("modelId", model.id(), "figure", "f")));
        Reply large = publish("engineer", sample(model, 1, "y".repeat(Samples.LARGEST + 1)));

        assertThat(nothing.status()).isEqualTo(400);
        assertThat(noData.status()).isEqualTo(400);
        assertThat(noData.at("/errors/0/field").asString()).isEqualTo("[1].data");
        assertThat(large.status()).isEqualTo(413);
    }
}
