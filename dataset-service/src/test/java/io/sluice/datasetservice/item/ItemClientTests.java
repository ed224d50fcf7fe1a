package io.sluice.datasetservice.item;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientException;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;
import reactor.test.StepVerifier;

class ItemClientTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String DATASET = "6b0183990000000000001002";
    private static final String COUNTED = """
            [{"datasetId": "6b0183990000000000001002", "itemsCount": 3, "annotatedCount": 2, "annotationsCount": 5, "bytes": 7,
              "newField": 1}]""";

    private volatile Function<HttpServerResponse, Mono<Void>> answer = response -> json(response, COUNTED);
    private final DisposableServer server = HttpServer.create()
            .host("127.0.0.1")
            .port(0)
            .handle((request, response) -> answer.apply(response))
            .bindNow();
    private final ItemClient items = new ItemClient(WebClient.create("http://127.0.0.1:" + server.port()));

    @AfterEach
    void stop() {
        server.disposeNow();
    }

    @Test
    void countsWhatDatasetsHold() {
        assertThat(counts(DATASET, "other"))
                .containsEntry(DATASET, new ItemCounts(DATASET, 3, 2, 5, 7))
                .containsEntry("other", new ItemCounts("other", 0, 0, 0, 0));
    }

    @Test
    void remembersTheLastCountsWhileItemServiceFails() {
        counts(DATASET);
        answer = response -> response.status(503).send();

        assertThat(counts(DATASET, "other"))
                .containsEntry(DATASET, new ItemCounts(DATASET, 3, 2, 5, 7))
                .containsEntry("other", new ItemCounts("other", 0, 0, 0, 0));
    }

    @Test
    void waitsLongerForCountsOfWhichNothingIsKnown() {
        answer = response -> Mono.delay(Duration.ofSeconds(3)).then(Mono.defer(() -> json(response, COUNTED)));

        assertThat(counts(DATASET)).containsEntry(DATASET, new ItemCounts(DATASET, 3, 2, 5, 7));
    }

    @Test
    void waitsForCountsNoLongerThanAReaderWould() {
        answer = response -> Mono.never();

        assertThat(counts(DATASET)).containsEntry(DATASET, new ItemCounts(DATASET, 0, 0, 0, 0));
    }

    @Test
    void deletesAllItemsOfADataset() {
        answer = response -> response.status(204).send();

        StepVerifier.create(items.deleteAll(DATASET)).expectComplete().verify(PATIENCE);
    }

    @Test
    void takesNoFailureForADeletion() {
        for (int status : List.of(400, 401, 403, 404, 500, 503)) {
            answer = response -> response.status(status).send();

            StepVerifier.create(items.deleteAll(DATASET))
                    .expectError(WebClientException.class)
                    .verify(PATIENCE);
        }
    }

    private Map<String, ItemCounts> counts(String... datasetIds) {
        return Objects.requireNonNull(items.counts(List.of(datasetIds)).block(PATIENCE));
    }

    private static Mono<Void> json(HttpServerResponse response, String body) {
        return response.header("Content-Type", "application/json")
                .sendString(Mono.just(body))
                .then();
    }
}
