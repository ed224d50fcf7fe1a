package io.sluice.gateway.accesslog;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.sluice.gateway.AtTheGate;
import io.sluice.gateway.RawHttp;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class AccessLogTests extends AtTheGate {

    private final Lines lines = new Lines();
    private final Logger log = (Logger) LoggerFactory.getLogger("access");

    @BeforeEach
    void listen() {
        lines.start();
        log.setLevel(Level.INFO);
        log.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        log.detachAppender(lines);
        log.setLevel(null);
    }

    @Test
    void tellsWhoAskedForWhatAndWhatCameOfIt() throws Exception {
        ITEM.on(
                "/api/v1/items/logged",
                (request, response) -> response.sendString(Mono.just("12345")).then());

        ann().get()
                .uri("/api/v1/items/logged?secret=s3cret")
                .header("x-request-id", "id-1")
                .exchange()
                .expectStatus()
                .isOk();

        assertThat(lines.about("/api/v1/items/logged"))
                .matches(
                        "GET /api/v1/items/logged 200 5B \\d+ms from=127.0.0.1 id=id-1 user=ann@example.org service=item-service"
                                + " at=127.0.0.1:\\d+ trace=[0-9a-f]{32}")
                .doesNotContain("s3cret")
                .doesNotContain(ANN.substring(0, 10));
    }

    @Test
    void tellsOfThoseWhoWereNotLetIn() throws Exception {
        stranger()
                .get()
                .uri("/api/v1/items/refused")
                .header("x-request-id", "id-2")
                .exchange()
                .expectBody()
                .jsonPath("$.status")
                .isEqualTo(401);

        assertThat(lines.about("/api/v1/items/refused"))
                .matches(
                        "GET /api/v1/items/refused 401 \\d+B \\d+ms from=127.0.0.1 id=id-2 user=- service=- trace=[0-9a-f]{32}");
    }

    @Test
    void tellsOfAnswersThatNobodyWaitedFor() throws Exception {
        ITEM.on(
                "/api/v1/items/left/stream",
                (request, response) -> response.sendString(Flux.concat(Mono.just("half"), Mono.never()))
                        .then());

        try (RawHttp client = RawHttp.to(port())) {
            client.write("GET /api/v1/items/left/stream HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer " + ANN
                    + "\r\n\r\n");
            assertThat(client.readHead().status()).isEqualTo(200);
        }

        assertThat(lines.about("/api/v1/items/left/stream")).contains(" 200 broken off ");
    }

    private static final class Lines extends AppenderBase<ILoggingEvent> {

        private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            seen.add(event.getFormattedMessage());
        }

        /** The line about a path; it comes a moment after the answer. */
        String about(String path) throws InterruptedException {
            @Nullable String line = seen.poll(30, TimeUnit.SECONDS);
            while (line != null && !line.contains(" " + path + " ")) {
                line = seen.poll(30, TimeUnit.SECONDS);
            }
            return String.valueOf(line);
        }
    }
}
