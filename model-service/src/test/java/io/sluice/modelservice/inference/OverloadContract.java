package io.sluice.modelservice.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.modelservice.testing.RunningModelService;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.springframework.test.context.TestPropertySource;

/** More than the service can do. */
@TestPropertySource(
        properties = {
            "model-service.runtime.queue=40",
            "model-service.runtime.longest=2s",
            "model-service.runtime.largest-model=1MB"
        })
abstract class OverloadContract extends RunningModelService {

    private static final String MODELS = "/api/v1/ml/models";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MANY = 1_000;
    private static final String FOUR =
            "{\"inputs\":[{\"name\":\"in\",\"datatype\":\"FP32\",\"shape\":[1,4],\"data\":[1,2,3,4]}]}";
    private static final String STEP =
            "{\"inputs\":[{\"name\":\"step\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private String model(String project) {
        return ask("engineer", HttpMethod.POST, MODELS, Map.of("name", "m " + UUID.randomUUID(), "projectId", project))
                .id();
    }

    private String running(String project, String file) throws IOException {
        String id = model(project);
        byte[] bytes = Files.readAllBytes(Path.of("src", "test", "models", file));
        assertThat(ask("engineer", HttpMethod.PUT, MODELS + "/" + id + "/artifact", bytes)
                        .status())
                .isEqualTo(200);
        return id;
    }

    private HttpRequest question(String model, String body) {
        return HttpRequest.newBuilder(address(MODELS + "/" + model + "/infer"))
                .timeout(PATIENCE)
                .header("authorization", "Bearer " + tokenOf("annotator"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    @Test
    void aThousandRequestsAtOnceAreAllAnsweredAndTheNextOneIsToo() throws Exception {
        String quick = running(newProject(), "fixed.onnx");
        String endless = running(newProject(), "endless.onnx");
        List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();

        for (int i = 0; i < MANY; i++) {
            HttpRequest question = i % 10 == 0 ? question(endless, STEP) : question(quick, FOUR);
            asked.add(client.sendAsync(question, HttpResponse.BodyHandlers.ofString()));
        }
        List<HttpResponse<String>> answers = new ArrayList<>();
        for (CompletableFuture<HttpResponse<String>> one : asked) {
            answers.add(one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        }

        assertThat(answers).hasSize(MANY).allSatisfy(answer -> {
            assertThat(answer.statusCode()).isIn(200, 429, 503, 504);
            if (answer.statusCode() == 429 || answer.statusCode() == 503) {
                assertThat(answer.headers().firstValue("retry-after")).isPresent();
            }
            if (answer.statusCode() == 200) {
                assertThat(answer.body()).contains("[2.0,4.0,6.0,8.0]");
            }
        });
        assertThat(answers).extracting(HttpResponse::statusCode).contains(200, 503);
        assertThat(client.send(question(quick, FOUR), HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aModelThatNeverEndsIsStopped() throws Exception {
        String endless = running(newProject(), "endless.onnx");

        HttpResponse<String> answer = client.send(question(endless, STEP), HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(answer.body()).contains("stopped after 2000 ms");
    }

    @Test
    void aModelThatIsSaidToBeTooLargeIsRefusedBeforeItComes() throws Exception {
        String head = "PUT " + MODELS + "/" + model(newProject()) + "/artifact HTTP/1.1\r\nHost: localhost\r\n"
                + "Authorization: Bearer " + tokenOf("engineer") + "\r\nContent-Length: 10737418240\r\n\r\n";
        try (Socket socket = new Socket("127.0.0.1", address("/").getPort())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            OutputStream out = socket.getOutputStream();
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            InputStream in = socket.getInputStream();

            assertThat(new String(in.readNBytes("HTTP/1.1 413".length()), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 413");
        }
    }

    @Test
    void aModelThatTurnsOutToBeTooLargeIsRefusedAndNothingOfItIsKept() throws Exception {
        String model = model(newProject());
        HttpRequest inPieces = HttpRequest.newBuilder(address(MODELS + "/" + model + "/artifact"))
                .timeout(PATIENCE)
                .header("authorization", "Bearer " + tokenOf("engineer"))
                .PUT(HttpRequest.BodyPublishers.fromPublisher(
                        HttpRequest.BodyPublishers.ofByteArray(new byte[3 * 1024 * 1024])))
                .build();

        HttpResponse<String> refused = client.send(inPieces, HttpResponse.BodyHandlers.ofString());

        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(ask("annotator", HttpMethod.GET, MODELS + "/" + model, null).at("/artifacts"))
                .isEmpty();
    }
}
