package io.sluice.modelservice.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.modelservice.ModelServiceApplication;
import io.sluice.modelservice.testing.RunningModelService;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.http.HttpMethod;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The server that has the models is this service itself, asked by the protocol's own paths. */
@SpringBootTest(
        classes = ModelServiceApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.DEFINED_PORT,
        properties = {"spring.config.name=model-service", "model-service.files.folder=target/models/${random.uuid}"})
abstract class RemoteModelContract extends RunningModelService {

    private static final String MODELS = "/api/v1/ml/models";
    private static final String ITSELF = "model-service.remote.servers.itself.";
    private static final Map<String, Object> FOUR =
            Map.of("name", "in", "datatype", "FP32", "shape", List.of(1, 4), "data", List.of(1, 2, 3.5, -4));

    @DynamicPropertySource
    static void itself(DynamicPropertyRegistry properties) throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            int port = free.getLocalPort();
            properties.add("server.port", () -> port);
            properties.add(ITSELF + "url", () -> "http://127.0.0.1:" + port);
            properties.add(ITSELF + "private-network", () -> true);
            properties.add(ITSELF + "token", () -> tokenOf("engineer"));
        }
    }

    private Reply here(String file) {
        try {
            return ask(
                    "engineer",
                    HttpMethod.PUT,
                    MODELS + "/" + made(Map.of()).id() + "/artifact",
                    Files.readAllBytes(Path.of("src", "test", "models", file)));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Reply made(Map<String, ?> configuration) {
        return ask(
                "engineer",
                HttpMethod.POST,
                MODELS,
                Map.of(
                        "name",
                        "m " + UUID.randomUUID(),
                        "projectId",
                        newProject(),
                        "labels",
                        List.of("red", "green", "blue"),
                        "configuration",
                        configuration));
    }

    private Reply elsewhere(String server, String model) {
        return made(Map.of("runtime", Map.of("kind", "remote", "server", server, "model", model)));
    }

    private Reply infer(Reply model, Object body, String... headers) {
        return ask("annotator", HttpMethod.POST, MODELS + "/" + model.id() + "/infer", body, headers);
    }

    @Test
    void aModelOfAnotherServerIsAskedAsIfItWereHere() {
        Reply there = here("fixed.onnx");

        Reply model = elsewhere("itself", there.id());
        Reply metadata = ask("annotator", HttpMethod.GET, "/v2/models/" + model.id(), null);
        Reply ready = ask("annotator", HttpMethod.GET, "/v2/models/" + model.id() + "/ready", null);
        Reply answer = infer(model, Map.of("inputs", List.of(FOUR)));

        assertThat(model.status()).isEqualTo(200);
        assertThat(metadata.at("/name").asString()).isEqualTo(model.id());
        assertThat(metadata.at("/inputs").toString())
                .isEqualTo("[{\"name\":\"in\",\"datatype\":\"FP32\",\"shape\":[1,4]}]");
        assertThat(ready.status()).isEqualTo(200);
        assertThat(answer.at("/outputs").toString())
                .isEqualTo("[{\"name\":\"out\",\"datatype\":\"FP32\",\"shape\":[1,4],\"data\":[2.0,4.0,7.0,-8.0]}]");
    }

    @Test
    void textsAndSeveralTensorsGoThereAndBack() {
        Map<String, Object> texts =
                Map.of("name", "text", "datatype", "BYTES", "shape", List.of(2), "data", List.of("eins", "zw\u00f6lf"));
        Map<String, Object> numbers =
                Map.of("name", "in", "datatype", "FP32", "shape", List.of(2, 2), "data", List.of(1, 2, 3, 4));

        Reply answer =
                infer(elsewhere("itself", here("identity.onnx").id()), Map.of("inputs", List.of(texts, numbers)));

        assertThat(answer.at("/outputs/0/data").toString()).isEqualTo("[1.0,2.0,3.0,4.0]");
        assertThat(answer.at("/outputs/1/data").toString()).isEqualTo("[\"eins\",\"zw\u00f6lf\"]");
    }

    @Test
    void aPictureIsMadeIntoTensorsHereAndLookedAtThere() throws IOException {
        BufferedImage green = new BufferedImage(16, 12, BufferedImage.TYPE_INT_RGB);
        for (int at = 0; at < 16 * 12; at++) {
            green.setRGB(at % 16, at / 16, 0x10ff20);
        }
        ByteArrayOutputStream picture = new ByteArrayOutputStream();
        ImageIO.write(green, "png", picture);

        Reply answer = infer(
                elsewhere("itself", here("colours.onnx").id()), picture.toByteArray(), "Content-Type", "image/png");

        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        assertThat(answer.at("/predictions/0/label").asString()).isEqualTo("green");
    }

    @Test
    void whatIsWrongIsToldAsForAModelThatIsHere() {
        Map<String, Object> wrong = new HashMap<>(FOUR);
        wrong.put("shape", List.of(4));
        Map<String, Object> ten =
                Map.of("name", "index", "datatype", "INT64", "shape", List.of(1), "data", List.of(11));
        Reply lookup = elsewhere("itself", here("lookup.onnx").id());

        Reply refused = infer(elsewhere("itself", here("fixed.onnx").id()), Map.of("inputs", List.of(wrong)));
        Reply failed = infer(lookup, Map.of("inputs", List.of(ten)));
        Reply unknown = infer(elsewhere("itself", "6b0183990000000000009999"), Map.of("inputs", List.of(FOUR)));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.at("/errors/0/field").asString()).isEqualTo("in");
        assertThat(failed.status()).isEqualTo(422);
        assertThat(unknown.status()).isEqualTo(422);
        assertThat(unknown.at("/detail").asString())
                .isEqualTo("There is no model 6b0183990000000000009999 of the server itself");
    }

    @ParameterizedTest
    @CsvSource({
        "nobody, m, configuration.runtime.server",
        "itself, ../../internal, configuration.runtime.model",
        "itself, '', configuration.runtime.model",
        "http://169.254.169.254, m, configuration.runtime.server"
    })
    void aModelCanNameNoServerThatTheSettingsDoNotAndNoOtherPath(String server, String model, String field) {
        Reply refused = elsewhere(server, model);

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.at("/errors/0/field").asString()).isEqualTo(field);
    }
}
