package io.sluice.modelservice.execution;

import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.token.ServiceTokens;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The items of executions. This service speaks for itself: nobody waits any more whose token it could show. */
@Component
class ExecutedItems {

    /** The largest item that a model is asked about: 32 MiB. */
    static final int LARGEST = 32 * 1024 * 1024;

    private static final int MOST_AT_ONCE = 1_000;

    private final WebClient items;

    ExecutedItems(ServiceClients clients, ServiceTokens tokens) {
        this.items = clients.asService("item-service", tokens::forService);
    }

    /** Where a file is. */
    record Place(String id, String datasetId) {}

    private record Count(long count) {}

    /**
     * What was found on an item.
     *
     * @param annotations as clients write them
     */
    record Annotated(String itemId, List<JsonObject> annotations) {}

    /**
     * An item that nothing was kept of.
     *
     * @param label that its dataset does not take
     */
    record Refused(String itemId, String label) {}

    private record Kept(List<Refused> refused) {}

    private record Findings(String creator, String modelId, String executionId, List<Annotated> items) {}

    /** A vector of an item. */
    @SuppressWarnings("ArrayRecordComponent")
    record Embedded(String itemId, float[] value) {}

    private record Embeddings(
            String projectId, String modelId, String modelName, String creator, List<Embedded> vectors) {}

    /** Those of the ids that are files. */
    Flux<Place> places(Collection<String> itemIds) {
        return Flux.fromIterable(itemIds)
                .buffer(MOST_AT_ONCE)
                .concatMap(ids -> ask("/found", Map.of("itemIds", ids)).bodyToFlux(Place.class));
    }

    /** The files that match, in the order of ids. */
    Flux<Place> matching(JsonObject what, @Nullable String after, String upTo) {
        return Flux.defer(() -> page(what, after, upTo))
                .collectList()
                .expand(page -> page.isEmpty()
                        ? Mono.empty()
                        : page(what, page.get(page.size() - 1).id(), upTo).collectList())
                .concatMapIterable(page -> page, 1);
    }

    private Flux<Place> page(JsonObject what, @Nullable String after, String upTo) {
        return ask("/found", wanted(what, after, upTo)).bodyToFlux(Place.class);
    }

    /** About how many match. */
    Mono<Long> count(JsonObject what, String upTo) {
        return ask("/count", wanted(what, null, upTo)).bodyToMono(Count.class).map(Count::count);
    }

    private static Map<String, @Nullable Object> wanted(JsonObject what, @Nullable String after, String upTo) {
        Map<String, @Nullable Object> wanted = new LinkedHashMap<>(what.members());
        wanted.put("after", after);
        wanted.put("upTo", upTo);
        return wanted;
    }

    private WebClient.ResponseSpec ask(String path, Object body) {
        return items.post().uri("/internal/items" + path).bodyValue(body).retrieve();
    }

    /** @return or {@link Problem#NOT_FOUND} when it is gone, {@link Problem#CONTENT_TOO_LARGE} */
    Mono<byte[]> bytes(String itemId) {
        return DataBufferUtils.join(
                        items.get()
                                .uri("/internal/items/{itemId}/stream", itemId)
                                .retrieve()
                                .bodyToFlux(DataBuffer.class),
                        LARGEST)
                .map(whole -> {
                    byte[] bytes = new byte[whole.readableByteCount()];
                    whole.read(bytes);
                    DataBufferUtils.release(whole);
                    return bytes;
                })
                .defaultIfEmpty(new byte[0])
                .onErrorMap(WebClientResponseException.NotFound.class, gone -> Problem.NOT_FOUND.with("It is gone"))
                .onErrorMap(
                        DataBufferLimitException.class,
                        large -> Problem.CONTENT_TOO_LARGE.with("It has more than " + LARGEST + " bytes"));
    }

    /**
     * Keeps what a model found in place of what it found before; once more is as good as once.
     *
     * @return the items that stay as they are
     */
    Flux<Refused> annotate(String creator, String modelId, String executionId, List<Annotated> found) {
        return ask("/annotations", new Findings(creator, modelId, executionId, found))
                .bodyToMono(Kept.class)
                .flatMapIterable(Kept::refused);
    }

    /** Keeps vectors in the model's feature set of the project, which is made when there is none; once more is as good as once. */
    Mono<Void> embed(String projectId, String modelId, String modelName, String creator, List<Embedded> vectors) {
        return ask("/vectors", new Embeddings(projectId, modelId, modelName, creator, vectors))
                .toBodilessEntity()
                .onErrorMap(WebClientResponseException.class, ExecutedItems::refused)
                .then();
    }

    /** What is refused now is refused the next time, too. */
    private static Throwable refused(WebClientResponseException failure) {
        ProblemDetail problem =
                failure.getStatusCode().is4xxClientError() ? failure.getResponseBodyAs(ProblemDetail.class) : null;
        return problem == null ? failure : Problem.UNSUPPORTED.with(String.valueOf(problem.getDetail()));
    }
}
