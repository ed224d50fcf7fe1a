package io.sluice.datasetservice;

import io.sluice.kit.testing.Tokens;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.springframework.test.context.DynamicPropertyRegistry;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Stands in for auth-service and item-service over HTTP: knows some people, counts and deletes items of datasets. */
public final class Peers {

    private static final JsonMapper JSON = new JsonMapper();

    private final Map<String, String> firstNames = new ConcurrentHashMap<>();
    private final Map<String, Integer> itemsCounts = new ConcurrentHashMap<>();
    private final Set<String> deleted = ConcurrentHashMap.newKeySet();
    private final Tokens tokens = Tokens.start(this::answer);

    /** Started once in a JVM. */
    public static Peers shared() {
        return Shared.PEERS;
    }

    private static final class Shared {
        static final Peers PEERS = new Peers();
    }

    public Tokens tokens() {
        return tokens;
    }

    public void register(DynamicPropertyRegistry properties) {
        tokens.register(properties, "auth-service", "item-service");
    }

    public void knows(String email, String firstName) {
        firstNames.put(email, firstName);
    }

    public void holds(String datasetId, int itemsCount) {
        itemsCounts.put(datasetId, itemsCount);
    }

    public boolean hasDeleted(String datasetId) {
        return deleted.contains(datasetId);
    }

    private void answer(HttpServerRoutes routes) {
        routes.post("/internal/users/query", this::users)
                .post("/internal/datasets/counts", this::counts)
                .delete("/internal/datasets/{datasetId}", (request, response) -> {
                    deleted.add(String.valueOf(request.param("datasetId")));
                    return response.status(204).send();
                });
    }

    private Mono<Void> users(HttpServerRequest request, HttpServerResponse response) {
        return reply(
                request,
                response,
                body -> body.path("emails")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .filter(firstNames::containsKey)
                        .map(email -> Map.of(
                                "email", email,
                                "firstName", String.valueOf(firstNames.get(email)),
                                "lastName", "Example",
                                "createdAt", Duration.ofDays(1).toMillis(),
                                "updatedAt", Duration.ofDays(2).toMillis()))
                        .collect(Collectors.toList()));
    }

    private Mono<Void> counts(HttpServerRequest request, HttpServerResponse response) {
        return reply(
                request,
                response,
                body -> body.path("datasetIds")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .map(id -> Map.of(
                                "datasetId",
                                id,
                                "itemsCount",
                                itemsCounts.getOrDefault(id, 0),
                                "annotatedCount",
                                0,
                                "annotationsCount",
                                0))
                        .collect(Collectors.toList()));
    }

    private static Mono<Void> reply(
            HttpServerRequest request,
            HttpServerResponse response,
            java.util.function.Function<JsonNode, List<? extends Map<String, ?>>> answer) {
        return response.header("Content-Type", "application/json")
                .sendByteArray(request.receive()
                        .aggregate()
                        .asString()
                        .map(body -> JSON.writeValueAsBytes(answer.apply(JSON.readTree(body)))))
                .then();
    }
}
