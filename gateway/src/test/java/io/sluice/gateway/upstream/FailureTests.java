package io.sluice.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelOption;
import io.sluice.gateway.AtTheGate;
import io.sluice.gateway.RawHttp;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.test.context.TestPropertySource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

@TestPropertySource(
        properties = {
            "gateway.upstream.patience=1500ms",
            "gateway.upstream.connections=8",
            "gateway.upstream.acquire-timeout=500ms"
        })
class FailureTests extends AtTheGate {

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PATCH", "DELETE"})
    void saysWhenToComeBackWhenAServiceIsDown(String method) {
        DATASET.whileDown(() -> ann().method(HttpMethod.valueOf(method))
                .uri("/api/v1/projects")
                .exchange()
                .expectStatus()
                .isEqualTo(503)
                .expectHeader()
                .valueEquals(HttpHeaders.RETRY_AFTER, "2")
                .expectBody()
                .jsonPath("$.type")
                .isEqualTo("/problems/unavailable")
                .jsonPath("$.message")
                .isEqualTo("dataset-service does not answer at the moment"));
    }

    @ParameterizedTest
    @CsvSource({
        "GET, 504, /problems/gateway-timeout",
        "PUT, 504, /problems/gateway-timeout",
        "DELETE, 504, /problems/gateway-timeout",
        "POST, 500, /problems/upstream-timeout",
        "PATCH, 500, /problems/upstream-timeout",
    })
    void aSlowServiceIsRepeatedOnlyWhereThatIsSafe(String method, int status, String type) {
        ITEM.on("/api/v1/items/never", (request, response) -> Mono.never());

        ann().method(HttpMethod.valueOf(method))
                .uri("/api/v1/items/never")
                .exchange()
                .expectStatus()
                .isEqualTo(status)
                .expectBody()
                .jsonPath("$.type")
                .isEqualTo(type);
    }

    @Test
    void aServiceThatHangsUpBeforeItAnswersIsTemporarilyUnavailable() {
        AtomicInteger calls = new AtomicInteger();
        ITEM.on("/api/v1/items/hangs-up", (request, response) -> {
            calls.incrementAndGet();
            response.withConnection(connection -> connection.channel().close());
            return Mono.never();
        });

        ann().post().uri("/api/v1/items/hangs-up").exchange().expectStatus().isEqualTo(503);
        assertThat(calls).as("a POST is sent once").hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anUploadThatBreaksOffDoesNotLookWholeToTheService(boolean byReset) throws Exception {
        CompletableFuture<Boolean> whole = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        ITEM.on(
                "/api/v1/datasets/left/items",
                (request, response) -> request.receive()
                        .doOnNext(part -> begun.countDown())
                        .doOnComplete(() -> whole.complete(true))
                        .doOnError(failure -> whole.complete(false))
                        .then());

        try (RawHttp client = RawHttp.to(port())) {
            client.write("POST /api/v1/datasets/left/items HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer " + ANN
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
            assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
            client.resetOnClose(byReset);
        }

        assertThat(whole.get(30, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void aLostConnectionIsTriedOnceMoreWhenNothingCanHaveHappened() {
        AtomicInteger calls = new AtomicInteger();
        ITEM.on("/api/v1/items/hangs-up-once", (request, response) -> {
            if (calls.incrementAndGet() == 1) {
                response.withConnection(connection -> connection.channel().close());
                return Mono.never();
            }
            return response.sendString(Mono.just("{}")).then();
        });

        ann().get().uri("/api/v1/items/hangs-up-once").exchange().expectStatus().isOk();
        assertThat(calls).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAnswerThatBreaksOffBreaksTheClientsConnection(boolean byReset) throws Exception {
        ITEM.on(
                "/api/v1/items/breaks-off/stream",
                (request, response) -> response.sendString(Flux.concat(
                                Mono.just("half"),
                                Mono.<String>never()
                                        .doOnSubscribe(subscription -> response.withConnection(connection -> {
                                            if (byReset) {
                                                connection.channel().config().setOption(ChannelOption.SO_LINGER, 0);
                                            }
                                            connection
                                                    .channel()
                                                    .eventLoop()
                                                    .schedule(
                                                            () -> connection
                                                                    .channel()
                                                                    .close(),
                                                            200,
                                                            TimeUnit.MILLISECONDS);
                                        }))))
                        .then());

        try (RawHttp client = RawHttp.to(port())) {
            client.write("GET /api/v1/items/breaks-off/stream HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer " + ANN
                    + "\r\n\r\n");
            assertThat(client.readHead().status()).isEqualTo(200);
            String rest = readWhatComes(client);

            assertThat(rest).startsWith("4\r\nhalf").doesNotContain("0\r\n\r\n");
        }
    }

    @Test
    void anAnswerThatStallsIsGivenUp() throws Exception {
        ITEM.on(
                "/api/v1/items/stalls/stream",
                (request, response) -> response.sendString(Flux.concat(Mono.just("half"), Mono.never()))
                        .then());

        try (RawHttp client = RawHttp.to(port())) {
            client.write("GET /api/v1/items/stalls/stream HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer " + ANN
                    + "\r\n\r\n");
            assertThat(client.readHead().status()).isEqualTo(200);

            assertThat(readWhatComes(client)).startsWith("4\r\nhalf").doesNotContain("0\r\n\r\n");
        }
    }

    @Test
    void anUploadMayPauseLongerThanAServiceMay() throws Exception {
        ITEM.on(
                "/api/v1/datasets/pauses/items",
                (request, response) -> request.receive()
                        .then(response.sendString(Mono.just("{}")).then()));

        try (RawHttp client = RawHttp.to(port())) {
            client.write("POST /api/v1/datasets/pauses/items HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer " + ANN
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
            // The pause is what is tested: twice as long as a service may do nothing.
            Mono.delay(Duration.ofSeconds(3)).block();
            client.write("0\r\n\r\n");

            assertThat(client.readHead().status()).isEqualTo(200);
        }
    }

    @Test
    void whoFindsAllConnectionsTakenMayComeBack() {
        ITEM.on("/api/v1/items/occupies", (request, response) -> Mono.never());

        Long refused = Flux.range(0, 24)
                .flatMap(
                        number -> HttpClient.newConnection()
                                .headers(headers -> headers.set("Authorization", "Bearer " + ANN))
                                .get()
                                .uri(at("/api/v1/items/occupies"))
                                .response()
                                .map(response -> response.status().code()),
                        24)
                .filter(status -> status == 503)
                .count()
                .block(Duration.ofSeconds(60));

        assertThat(refused).isPositive();
    }

    private static String readWhatComes(RawHttp client) {
        StringBuilder text = new StringBuilder();
        try {
            for (int next = client.read(); next >= 0; next = client.read()) {
                text.append((char) next);
            }
        } catch (IOException reset) {
            assertThat(reset).isNotInstanceOf(SocketTimeoutException.class);
        }
        return text.toString();
    }
}
