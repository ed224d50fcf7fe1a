package io.sluice.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.kit.testing.FreePort;
import io.sluice.kit.testing.Operation;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.HttpMethod;
import tools.jackson.databind.json.JsonMapper;

/** The whole platform, started as a person starts it. */
@Timeout(600)
class PlatformIT {

    /** What is ours, or a library's that we rely on, in the language of Prometheus. */
    private static final Pattern METRIC = Pattern.compile("\\b(http|sluice|mongodb|jvm|process|logback)_[a-z_]+");

    private static final String LAST_LINE = "Ctrl-C stops it.";

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path temporary;

    @Test
    void startsStopsAndStartsAgain() throws Exception {
        Path data = temporary.resolve("data");
        String port = Integer.toString(FreePort.find());
        URI gate = URI.create("http://127.0.0.1:" + port);

        try (Launched launched = Launched.with("--port", port, "--data", data.toString(), "--embedded")) {
            assertThat(launched.saidUntil(LAST_LINE))
                    .anyMatch(line -> line.startsWith("Ready in "))
                    .contains("  address          " + gate)
                    .contains("  documentation    " + gate + "/api/v1/docs")
                    .contains("  administrator    admin@sluice.local")
                    .contains("  password         in " + data.resolve("admin-password"))
                    .endsWith(LAST_LINE);
            assertThat(get(gate, "/health")).isEqualTo("200 {\"status\":\"UP\"}");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("admin-password"))))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("signing-secret"))))
                    .isEqualTo("rw-------");
            assertThat(signIn(gate, data)).isEqualTo(200);
            // A service tells about itself when it is first asked, and a busy one is left out until it has.
            await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
                assertThat(root(gate)).containsAll(collections());
                assertThat(get(gate, "/api/v1/limits"))
                        .contains("\"name\":\"body\"", "\"name\":\"project-name\"", "\"name\":\"item-path\"")
                        .contains("\"name\":\"password\"", "\"name\":\"read\"")
                        .doesNotContain("missing");
            });

            launched.terminate();

            assertThat(launched.saidInAll()).endsWith("Stopping.", "Stopped.");
            assertThat(launched.exitCode()).isEqualTo(143);
        }
        String metrics = Integer.toString(FreePort.find());
        try (Launched again = Launched.with(
                Map.of("SLUICE_METRICS_PORT", metrics), "--port", port, "--data", data.toString(), "--embedded")) {
            again.saidUntil(LAST_LINE);
            assertThat(signIn(gate, data)).isEqualTo(200);
            assertMetrics(gate, URI.create("http://127.0.0.1:" + metrics));

            again.kill();
        }
        try (Launched afterTheKill = Launched.with("--port", port, "--data", data.toString(), "--embedded")) {
            afterTheKill.saidUntil(LAST_LINE);
            assertThat(signIn(gate, data)).isEqualTo(200);

            assertRefused(
                    "The data folder " + data + " is in use by another Sluice",
                    "--port",
                    Integer.toString(FreePort.find()),
                    "--data",
                    data.toString());
            assertRefused(
                    "Port " + port + " is taken by another program",
                    "--port",
                    port,
                    "--data",
                    temporary.resolve("other").toString());
            assertDoctor(0, "is in use by a platform that runs", "--port", port, "--data", data.toString());
        }
        assertDoctor(
                0,
                "\"check\" : \"item-service database indexes\",\n    \"level\" : \"ok\"",
                "--json",
                "--port",
                port,
                "--data",
                data.toString(),
                "--embedded");
        Files.setPosixFilePermissions(data.resolve("signing-secret"), PosixFilePermissions.fromString("rw-r--r--"));
        assertDoctor(1, "can be read by others", "--port", port, "--data", data.toString(), "--embedded");
    }

    /** All that dashboards and rules ask for is there, and not at the gate. */
    private void assertMetrics(URI gate, URI metrics) throws IOException, InterruptedException {
        assertThat(get(gate, "/metrics")).startsWith("401");
        assertThat(get(gate, "/actuator/prometheus")).startsWith("401");
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            Set<String> published = get(metrics, "/metrics")
                    .lines()
                    .map(line -> line.split("[{ ]", 2)[0])
                    .collect(Collectors.toSet());
            assertThat(published).containsAll(namesAskedFor());
        });
        assertThat(get(metrics, "/metrics"))
                .contains("route=\"/token\",service=\"auth-service\",status=\"2xx\"")
                .contains("route=\"auth-service\",service=\"gateway\",status=\"2xx\"")
                .doesNotContain("admin@");
        assertThat(get(metrics, "/")).startsWith("404");
    }

    private static Set<String> namesAskedFor() throws IOException {
        Path folder = Path.of("..", "deploy", "observe");
        StringBuilder all = new StringBuilder(Files.readString(folder.resolve("rules.yml")));
        try (Stream<Path> dashboards = Files.list(folder.resolve("dashboards"))) {
            for (Path dashboard : dashboards.toList()) {
                all.append(Files.readString(dashboard));
            }
        }
        Set<String> names =
                METRIC.matcher(all).results().map(MatchResult::group).collect(Collectors.toSet());
        assertThat(names).hasSizeGreaterThan(30);
        return names;
    }

    private static void assertDoctor(int exitCode, String finding, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("doctor"));
        command.addAll(List.of(options));
        try (Launched doctor = Launched.with(command.toArray(String[]::new))) {
            assertThat(String.join("\n", doctor.saidInAll())).contains(finding);
            assertThat(doctor.exitCode()).isEqualTo(exitCode);
        }
    }

    private static void assertRefused(String why, String... options) throws Exception {
        try (Launched refused = Launched.with(options)) {
            List<String> said = refused.saidInAll();

            assertThat(said).hasSize(2).last().asString().startsWith("sluice: " + why);
            assertThat(refused.exitCode()).isEqualTo(1);
        }
    }

    private int signIn(URI gate, Path data) throws IOException, InterruptedException {
        String body = "{\"username\":\"admin@sluice.local\",\"password\":\"%s\",\"type\":\"user_credentials\"}"
                .formatted(Files.readString(data.resolve("admin-password")).strip());
        return http.send(
                        request(gate, "/token?default")
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    /** The names of all links at the root of the API. */
    private Collection<String> root(URI gate) throws IOException, InterruptedException {
        String answer = get(gate, "/api/v1");
        return new JsonMapper().readTree(answer.substring(answer.indexOf('{'))).propertyNames();
    }

    /** What stands right below the root and can be listed, as the code says. */
    private static List<String> collections() {
        return Operation.below("io.sluice").stream()
                .filter(operation -> operation.method() == HttpMethod.GET)
                .map(Operation::path)
                .filter(path -> path.matches("/api/v1/\\w+") && !path.endsWith("/docs"))
                .map(path -> path.substring("/api/v1/".length()))
                .distinct()
                .toList();
    }

    private String get(URI gate, String path) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request(gate, path).build(), HttpResponse.BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }

    private static HttpRequest.Builder request(URI gate, String path) {
        return HttpRequest.newBuilder(gate.resolve(path)).timeout(Duration.ofSeconds(60));
    }
}
