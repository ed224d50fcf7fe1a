package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SluiceTests {

    private static final Map<String, String> PASSWORD =
            Map.of("SLUICE_PASSWORD", "secret", "SLUICE_EMAIL", "ada@example.org");
    private static final Map<String, String> TOKEN = Map.of("SLUICE_TOKEN", "key");
    private static final String PROJECT = "[{\"id\":\"6b0000000000000000000001\",\"name\":\"farm\"}]";
    private static final String DATASET = "[{\"id\":\"6b0000000000000000000002\",\"name\":\"sheep\"}]";
    private static final String BULK = "/api/v1/datasets/6b0000000000000000000002/items/bulk";

    @TempDir
    private Path home;

    private StubGate gate;

    @BeforeEach
    void open() throws IOException {
        gate = new StubGate();
    }

    @AfterEach
    void close() {
        gate.close();
    }

    private int run(Map<String, String> environment, String... arguments) {
        return gate.run(home, environment, arguments);
    }

    @ParameterizedTest
    @ValueSource(strings = {"login", "logout", "ls", "query", "upload", "download", "rm", "completion"})
    void everyCommandExplainsItself(String command) {
        assertThat(run(Map.of(), command, "--help")).isZero();
        assertThat(gate.out()).contains("Usage: sluice " + command);
        assertThat(run(Map.of(), command, "--version")).isZero();
    }

    @Test
    void teachesShellsToComplete() {
        assertThat(run(Map.of(), "completion", "bash")).isZero();
        assertThat(run(Map.of(), "completion", "zsh")).isZero();
        assertThat(run(Map.of(), "completion", "tcsh")).isEqualTo(2);
        assertThat(gate.out()).contains("upload", "--sidecars", "overwrite", "compinit");
    }

    @Test
    void asksWhoNobodyKnowsToSignIn() {
        assertThat(run(Map.of(), "ls")).isEqualTo(3);
        assertThat(gate.err()).contains("sluice login --gate " + gate.address());
    }

    @Test
    void refusesAWrongPassword() {
        gate.on("/token", exchange -> StubGate.answer(exchange, 401, "{\"message\":\"no\"}"));

        assertThat(run(PASSWORD, "login")).isEqualTo(3);
        assertThat(gate.err()).contains("The e-mail address or the password is wrong");
    }

    @Test
    void takesNoPasswordAsAnArgument() {
        assertThat(run(PASSWORD, "login", "--password", "secret")).isEqualTo(2);
    }

    @Test
    void saysThatThereIsNoGate() {
        gate.close();

        assertThat(run(PASSWORD, "login")).isEqualTo(4);
        assertThat(gate.err()).contains("There is no gate at " + gate.address());
    }

    @Test
    void saysThatSomethingElseIsThere() {
        gate.on("/token", exchange -> StubGate.answer(exchange, 200, "<html>"));

        assertThat(run(PASSWORD, "login")).isEqualTo(4);
        assertThat(gate.err()).contains("is no gate of Sluice");
    }

    @Test
    void renewsATokenThatHasEnded() {
        AtomicInteger tokens = new AtomicInteger();
        gate.on(
                "/token",
                exchange -> StubGate.answer(
                        exchange,
                        200,
                        "{\"id_token\":\"t" + tokens.incrementAndGet()
                                + "\",\"expires_in\":30,\"refresh_token\":\"r\"}"));
        List<String> used = new CopyOnWriteArrayList<>();
        gate.on("/api/v1/projects", exchange -> {
            used.add(exchange.getRequestHeaders().getFirst("Authorization"));
            StubGate.answer(exchange, 200, PROJECT);
        });

        assertThat(run(PASSWORD, "login")).isZero();
        assertThat(run(Map.of(), "ls")).isZero();
        assertThat(used).containsExactly("Bearer t2");
        assertThat(gate.out()).contains("6b0000000000000000000001  farm");
    }

    @Test
    void renewsATokenThatIsTurnedAway() {
        gate.on(
                "/token",
                exchange -> StubGate.answer(
                        exchange,
                        200,
                        "{\"id_token\":\"t" + gate.requests().size()
                                + "\",\"expires_in\":3600,\"refresh_token\":\"r\"}"));
        gate.on(
                "/api/v1/projects",
                exchange -> StubGate.answer(
                        exchange,
                        "Bearer t1".equals(exchange.getRequestHeaders().getFirst("Authorization")) ? 401 : 200,
                        PROJECT));

        assertThat(run(PASSWORD, "login")).isZero();
        assertThat(run(Map.of(), "ls")).isZero();
        assertThat(gate.requests())
                .containsExactly(
                        "POST /token?default", "GET /api/v1/projects", "POST /token?default", "GET /api/v1/projects");
    }

    @Test
    void forgetsTheTokensAlsoWhenTheGateIsGone() {
        gate.on(
                "/token",
                exchange -> StubGate.answer(
                        exchange, 200, "{\"id_token\":\"t\",\"expires_in\":3600,\"refresh_token\":\"r\"}"));
        assertThat(run(PASSWORD, "login")).isZero();
        gate.close();

        assertThat(run(Map.of(), "logout")).isEqualTo(4);
        assertThat(home.resolve(".config/sluice/credentials.json")).doesNotExist();
        assertThat(run(Map.of(), "logout")).isZero();
    }

    @Test
    void deletesNothingUnasked() {
        assertThat(run(TOKEN, "rm", "farm/sheep/a.jpg")).isEqualTo(2);
        assertThat(run(TOKEN, "rm", "--yes", "-r", "farm/sheep")).isEqualTo(2);
        assertThat(gate.requests()).isEmpty();
    }

    @Test
    void sendsWhatIsMissingAndAsksAgainAfterACut() throws IOException {
        Files.createDirectory(home.resolve("in"));
        for (String name : List.of("there", "known", "missing", "taken", "bad")) {
            Files.writeString(home.resolve("in/" + name), name);
        }
        AtomicInteger uploads = new AtomicInteger();
        List<String> bodies = new CopyOnWriteArrayList<>();
        catalog();
        gate.on(BULK + "/check", exchange -> {
            String asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            StringBuilder answer = new StringBuilder();
            asked.lines().forEach(line -> {
                String name = line.replaceAll(".*\"path\":\"/([a-z]*)\".*", "$1");
                String state = name.equals("there") || uploads.get() > 1 && name.equals("missing") ? "there" : name;
                answer.append("{\"path\":\"/")
                        .append(name)
                        .append("\",\"state\":\"")
                        .append(state.equals("taken") || state.equals("bad") ? "missing" : state)
                        .append(name.equals("taken") ? "\",\"id\":\"6b0000000000000000000003\"}\n" : "\"}\n");
            });
            StubGate.answer(exchange, 200, answer.toString());
        });
        gate.on(BULK, exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            bodies.add(body);
            String type = exchange.getRequestHeaders().getFirst("Content-Type");
            if (type.equals("application/x-ndjson")) {
                StubGate.answer(
                        exchange, 200, "{\"path\":\"/known\",\"outcome\":\"created\",\"id\":\"1\"}\n{\"totals\":{}}\n");
            } else if (uploads.incrementAndGet() == 1) {
                StubGate.answer(exchange, 503, "{\"message\":\"later\"}");
            } else if (body.contains("missing")) {
                // Cut before its end: what is not said may have happened all the same.
                StubGate.answer(
                        exchange,
                        200,
                        "{\"path\":\"/bad\",\"outcome\":\"failed\",\"problem\":"
                                + "{\"status\":400,\"message\":\"path: is bad\"}}\n");
            }
        });

        int exit = run(TOKEN, "upload", "--json", home + "/in/", "farm/sheep");

        assertThat(exit).isEqualTo(1);
        assertThat(bodies.get(0)).contains("\"path\":\"/known\"").doesNotContain("there");
        assertThat(bodies.get(1)).contains("missing").contains("bad").doesNotContain("taken");
        assertThat(uploads).hasValue(2);
        assertThat(gate.out())
                .contains("{\"path\":\"/bad\",\"outcome\":\"failed\",\"problem\":\"path: is bad\"}")
                .endsWith("{\"totals\":{\"created\":1,\"skipped\":2,\"kept\":1,\"failed\":1,\"bytes\":5}}\n");
        assertThat(gate.err()).contains("--mode overwrite");
    }

    private void catalog() {
        gate.on("/api/v1/projects", exchange -> StubGate.answer(exchange, 200, PROJECT));
        gate.on("/api/v1/datasets", exchange -> StubGate.answer(exchange, 200, DATASET));
    }

    @Test
    void writesNothingThatIsNotWhatItsDigestSays() {
        catalog();
        gate.on(
                "/api/v1/datasets/6b0000000000000000000002/query",
                exchange -> StubGate.answer(
                        exchange,
                        200,
                        "{\"totalItemsCount\":2,\"hasNextPage\":false,\"items\":["
                                + "{\"id\":\"6b0000000000000000000004\",\"type\":\"file\",\"filename\":\"/a.txt\","
                                + "\"metadata\":{\"system\":{\"size\":3}}},"
                                + "{\"id\":\"6b0000000000000000000005\",\"type\":\"file\",\"filename\":\"/../b.txt\"}]}"));
        AtomicInteger times = new AtomicInteger();
        gate.on("/api/v1/items/6b0000000000000000000004/stream", exchange -> {
            String tag = "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"";
            exchange.getResponseHeaders().set("ETag", tag);
            if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
                exchange.sendResponseHeaders(304, -1);
            } else {
                StubGate.answer(exchange, 200, times.incrementAndGet() == 1 ? "xyz" : "abc");
            }
        });
        Path to = home.resolve("to");

        assertThat(run(TOKEN, "download", "farm/sheep", to.toString())).isEqualTo(1);
        assertThat(to.resolve("a.txt")).hasContent("abc");
        assertThat(to).isDirectoryNotContaining("glob:**.part");
        assertThat(times).hasValue(2);
        assertThat(gate.err()).contains("/../b.txt: is not written");

        assertThat(run(TOKEN, "download", "farm/sheep", to.toString(), "--json"))
                .isEqualTo(1);
        assertThat(times).hasValue(2);
        assertThat(gate.out()).contains("\"totals\":{\"skipped\":1,\"failed\":1,\"bytes\":0}");
        assertThat(home.resolve("b.txt")).doesNotExist();
    }
}
