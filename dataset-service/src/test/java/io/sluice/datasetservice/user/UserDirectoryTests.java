package io.sluice.datasetservice.user;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;

class UserDirectoryTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ANN = "ann@example.org";
    private static final String KNOWN = """
            [{"email": "ann@example.org", "firstName": "Ann", "lastName": "Ash", "createdAt": 1, "updatedAt": 2,
              "newField": 3}]""";

    private final AtomicInteger asked = new AtomicInteger();
    private @Nullable DisposableServer server;

    @AfterEach
    void stop() {
        if (server != null) {
            server.disposeNow();
        }
    }

    @Test
    void knowsPeopleWithAnAccount() {
        UserDirectory users = directory(response -> json(response, KNOWN));

        Map<String, UserName> names = names(users, ANN, "nobody@example.org");

        assertThat(names).containsEntry(ANN, new UserName(ANN, "Ann", "Ash", 1L, 2L));
        assertThat(names).containsEntry("nobody@example.org", UserName.unknown("nobody@example.org"));
    }

    @Test
    void asksOnceForTheSamePeople() {
        UserDirectory users = directory(response -> json(response, KNOWN));

        names(users, ANN, ANN, "nobody@example.org");
        names(users, ANN, "nobody@example.org");

        assertThat(asked).hasValue(1);
    }

    @Test
    void doesWithoutNamesWhenAuthServiceFails() {
        UserDirectory users = directory(response -> response.status(500).send());

        assertThat(names(users, ANN)).containsEntry(ANN, UserName.unknown(ANN));
    }

    @Test
    void doesWithoutNamesWhenAuthServiceIsSilentAndDoesNotWaitForItAgainAtOnce() {
        UserDirectory users = directory(response -> Mono.never());

        assertThat(names(users, ANN)).containsEntry(ANN, UserName.unknown(ANN));
        assertThat(names(users, ANN)).containsEntry(ANN, UserName.unknown(ANN));

        assertThat(asked).hasValue(1);
    }

    @Test
    void doesWithoutNamesWhenTheAnswerIsNoList() {
        UserDirectory users = directory(response -> json(response, "{\"a\": "));

        assertThat(names(users, ANN)).containsEntry(ANN, UserName.unknown(ANN));
    }

    private UserDirectory directory(Function<HttpServerResponse, Mono<Void>> answer) {
        DisposableServer started = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> {
                    asked.incrementAndGet();
                    return answer.apply(response);
                })
                .bindNow();
        server = started;
        return new UserDirectory(WebClient.create("http://127.0.0.1:" + started.port()), Clock.systemUTC());
    }

    private static Mono<Void> json(HttpServerResponse response, String body) {
        return response.header("Content-Type", "application/json")
                .sendString(Mono.just(body))
                .then();
    }

    private static Map<String, UserName> names(UserDirectory users, String... emails) {
        return Objects.requireNonNull(users.names(List.of(emails)).block(PATIENCE));
    }
}
