package io.sluice.modelservice.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.modelservice.runtime.Busy;
import io.sluice.modelservice.runtime.InferenceFailed;
import io.sluice.modelservice.runtime.ModelDescription;
import io.sluice.modelservice.runtime.ModelRefused;
import io.sluice.modelservice.runtime.ModelSource;
import io.sluice.modelservice.runtime.RemoteModel;
import io.sluice.modelservice.runtime.RuntimeProperties;
import io.sluice.modelservice.runtime.TookTooLong;
import io.sluice.modelservice.tensor.DataType;
import io.sluice.modelservice.tensor.InvalidTensor;
import io.sluice.modelservice.tensor.Tensor;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reactivestreams.Publisher;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.json.JsonMapper;

/** With servers that do what no good one does; a good one is asked by {@link RemoteModelContract}. */
class RemoteRuntimeTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PROJECT = "project";
    private static final String METADATA = "{\"name\":\"twice\",\"platform\":\"onnx\",\"inputs\":[{\"name\":\"in\","
            + "\"datatype\":\"FP32\",\"shape\":[-1,2]}],\"outputs\":[{\"name\":\"out\",\"datatype\":\"FP32\",\"shape\":[-1,2]}]}";
    private static final String ANSWER = "{\"model_name\":\"twice\",\"parameters\":{\"more\":{\"than\":\"is known\"}},"
            + "\"outputs\":[{\"name\":\"out\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[[2.0,4.0]]}]}";

    private final ReactorResourceFactory resources = new ReactorResourceFactory();
    private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
    private BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> metadata = told(200, METADATA);
    private BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> inference = told(200, ANSWER);
    private final Map<String, String> settings = new HashMap<>();
    private final DisposableServer server = HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .route(routes -> routes.get("/v2", told(200, "{\"extensions\":[]}"))
                    .get("/v2/models/twice", (request, response) -> metadata.apply(request, response))
                    .get("/v2/models/twice/ready", told(400, "{\"error\":\"still loading\"}"))
                    .post("/v2/models/twice/infer", (request, response) -> {
                        asked.add(String.valueOf(request.requestHeaders().get("authorization")));
                        return inference.apply(request, response);
                    }))
            .bindNow();

    RemoteRuntimeTests() {
        resources.setUseGlobalResources(false);
        resources.setShutdownQuietPeriod(Duration.ZERO);
        resources.afterPropertiesSet();
        settings.put("model-service.remote.servers.other.url", "http://127.0.0.1:" + server.port());
        settings.put("model-service.remote.servers.other.private-network", "true");
        settings.put("model-service.remote.servers.other.token", "secret");
    }

    @AfterEach
    void close() {
        server.disposeNow();
        resources.destroy();
    }

    private static BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> told(int status, String body) {
        return (request, response) ->
                response.status(status).header("retry-after", "7").sendString(Mono.just(body));
    }

    private RemoteRuntime runtime() {
        Binder binder = new Binder(new MapConfigurationPropertySource(settings));
        RemoteProperties properties = binder.bindOrCreate("model-service.remote", RemoteProperties.class);
        return new RemoteRuntime(
                properties,
                binder.bindOrCreate("model-service.runtime", RuntimeProperties.class),
                new RemoteServers(properties),
                resources,
                new JsonMapper());
    }

    private static ModelSource model(String server) {
        return ModelSource.of(new RemoteModel(server, "twice", null));
    }

    private static Mono<List<Tensor>> infer(RemoteRuntime runtime, String project) {
        return runtime.infer(model("other"), project, List.of(Tensor.ofFloats("in", new long[] {1, 2}, 1, 2)));
    }

    private <T extends Throwable> T failure(Class<T> kind) {
        return Objects.requireNonNull(infer(runtime(), PROJECT)
                .then(Mono.<T>empty())
                .onErrorResume(kind, Mono::just)
                .block(PATIENCE));
    }

    @Test
    void learnsFromTheServerWhatGoesInAndAsksAsJsonWhenItKnowsNoBytes() {
        RemoteRuntime runtime = runtime();

        ModelDescription described =
                Objects.requireNonNull(runtime.describe(model("other"), PROJECT).block(PATIENCE));
        List<Tensor> outputs = Objects.requireNonNull(infer(runtime, PROJECT).block(PATIENCE));

        assertThat(described.inputs().get(0).type()).isEqualTo(DataType.FP32);
        assertThat(described.inputs().get(0).shape()).containsExactly(-1L, 2L);
        assertThat(outputs).hasSize(1);
        assertThat(outputs.get(0).floats()).containsExactly(2, 4);
        assertThat(asked).containsExactly("Bearer secret");
    }

    @Test
    void saysWhichInputIsWrongBeforeItAsks() {
        Tensor wrong = Tensor.ofFloats("in", new long[] {1, 3}, 1, 2, 3);

        assertThatThrownBy(() ->
                        runtime().infer(model("other"), PROJECT, List.of(wrong)).block(PATIENCE))
                .isInstanceOf(InvalidTensor.class)
                .hasMessageContaining("in must be of shape [-1, 2]");
        assertThat(asked).isEmpty();
    }

    @Test
    void refusesAServerThatNobodyNamedOrThatIsForOtherProjects() {
        settings.put("model-service.remote.servers.other.projects", "another project");

        for (String name : List.of("other", "nobody")) {
            assertThatThrownBy(() -> runtime().describe(model(name), PROJECT).block(PATIENCE))
                    .isInstanceOf(ModelRefused.class)
                    .hasMessageContaining("may not be run on");
        }
    }

    @ParameterizedTest
    @CsvSource({"http://127.0.0.1", "http://localhost", "http://[::1]", "http://169.254.169.254"})
    void connectsToNoPrivateAddressUnlessTheSettingsSaySo(String url) {
        settings.clear();
        settings.put("model-service.remote.servers.other.url", url + ":" + server.port());

        assertThat(failure(Busy.class)).hasMessage("The server other cannot be reached");
        assertThat(asked).isEmpty();
    }

    @Test
    void tellsWhoAsksToComeAgainWhenTheServerIsBusyOrGone() {
        inference = told(503, "{\"error\":\"full\"}");
        assertThat(failure(Busy.class).retryAfter()).isEqualTo(Duration.ofSeconds(7));

        server.disposeNow();
        assertThat(failure(Busy.class)).hasMessage("The server other cannot be reached");
    }

    @Test
    void saysWhatTheServerSaysOfABadRequest() {
        inference = told(400, "{\"error\":\"no such row\"}");

        assertThat(failure(InferenceFailed.class)).hasMessage("The model failed: no such row");
    }

    @Test
    void saysThatTheServerDoesNotHaveTheModelOrIsNotReady() {
        assertThatThrownBy(() -> runtime().ready(model("other"), PROJECT).block(PATIENCE))
                .isInstanceOf(Busy.class)
                .hasMessageContaining("still loading");

        metadata = told(404, "");
        assertThat(failure(ModelRefused.class)).hasMessage("There is no model twice of the server other");
    }

    @Test
    void tellsNobodyThatTheServerWantsOtherCredentials() {
        inference = told(401, "{\"error\":\"secret is wrong\"}");

        assertThat(failure(Busy.class)).hasMessage("The server other does not let this service ask");
    }

    @Test
    void followsNoRedirect() {
        inference = (request, response) -> response.sendRedirect("/v2/models/twice");

        assertThat(failure(InferenceFailed.class)).hasMessage("The server other failed: it answered 302");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "<html>",
                "{}",
                "{\"outputs\":[]}",
                "{\"outputs\":[{\"name\":\"out\",\"shape\":[9000000000],\"datatype\":\"FP32\",\"data\":[1]}]}",
                "{\"outputs\":[{\"name\":\"out\",\"shape\":[2],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":8}}]}"
            })
    void failsForAnAnswerThatIsNone(String answer) {
        inference = told(200, answer);

        assertThat(failure(InferenceFailed.class)).hasMessageContaining("gave");
    }

    @Test
    void stopsReadingAnAnswerThatIsTooLong() {
        settings.put("model-service.runtime.largest-run", "1MB");
        inference =
                (request, response) -> response.sendByteArray(Flux.generate(sink -> sink.next(new byte[64 * 1024])));

        assertThat(failure(InferenceFailed.class)).hasMessageContaining("larger than the 1048576 bytes");
    }

    @Test
    void waitsForAServerThatIsSilentNoLongerThanARunMayTake() {
        settings.put("model-service.runtime.longest", "300ms");
        inference = (request, response) -> Mono.never();

        assertThat(failure(TookTooLong.class)).hasMessage("The server other did not answer within 300 ms");
    }

    @Test
    void refusesMoreRequestsThanMayWaitAndMoreThanHalfOfThemForOneProject() {
        settings.put("model-service.remote.connections", "2");
        settings.put("model-service.remote.queue", "18");
        settings.put("model-service.runtime.longest", "2s");
        inference = (request, response) -> Mono.never();
        RemoteRuntime runtime = runtime();
        runtime.describe(model("other"), PROJECT).block(PATIENCE);

        List<Class<?>> answers = Objects.requireNonNull(Flux.range(0, 1_000)
                .flatMap(
                        i -> infer(runtime, i < 500 ? PROJECT : "another")
                                .<Class<?>>map(Object::getClass)
                                .onErrorResume(failure -> Mono.just(failure.getClass())),
                        1_000)
                .collectList()
                .block(PATIENCE));

        assertThat(answers).hasSize(1_000);
        assertThat(answers.stream().filter(TookTooLong.class::equals)).hasSize(20);
        assertThat(answers.stream().filter(Busy.class::equals)).hasSize(980);
        inference = told(200, ANSWER);
        assertThat(infer(runtime, PROJECT).block(PATIENCE)).hasSize(1);
    }
}
