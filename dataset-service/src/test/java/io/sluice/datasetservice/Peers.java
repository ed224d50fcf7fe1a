package io.sluice.datasetservice;

import io.sluice.kit.testing.Tokens;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.springframework.test.context.DynamicPropertyRegistry;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Stands in for auth-service, which knows some people, and for item-service, which counts and deletes items and can be
 * away for a while.
 */
public final class Peers {

    /** The size of each item. */
    public static final long BYTES_OF_AN_ITEM = 10;

    private static final JsonMapper JSON = new JsonMapper();

    private final Map<String, String> firstNames = new ConcurrentHashMap<>();
    private final Map<String, Integer> itemsCounts = new ConcurrentHashMap<>();
    private final Set<String> deleted = ConcurrentHashMap.newKeySet();
    private final Set<String> withoutModels = ConcurrentHashMap.newKeySet();
    private final Map<String, Instant> expired = new ConcurrentHashMap<>();
    private final Set<String> withoutBots = ConcurrentHashMap.newKeySet();
    private final Map<String, Set<String>> groupMembers = new ConcurrentHashMap<>();
    private final Map<String, Map<String, String>> organizations = new ConcurrentHashMap<>();
    private final Tokens tokens = Tokens.start(routes -> routes.post("/internal/users/query", this::users)
            .post("/internal/groups/of", this::groupsOf)
            .post("/internal/groups/query", this::groups)
            .post("/internal/orgs/query", this::organizations)
            .delete("/internal/projects/{id}/bots", this::endBots)
            .post("/internal/audit", (request, response) -> response.status(204)));
    private final DisposableServer modelService = startModelService();
    private DisposableServer itemService = startItemService(0);

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

    /** Ids of the projects whose bots were to end. */
    public Set<String> projectsWithoutBots() {
        return Set.copyOf(withoutBots);
    }

    private Mono<Void> endBots(HttpServerRequest request, HttpServerResponse response) {
        withoutBots.add(String.valueOf(request.param("id")));
        return response.status(204).send();
    }

    void register(DynamicPropertyRegistry properties) {
        String items = "http://127.0.0.1:" + itemService.port();
        tokens.register(properties, "auth-service");
        properties.add("sluice.services.item-service", () -> items);
        properties.add("sluice.services.model-service", () -> "http://127.0.0.1:" + modelService.port());
    }

    public void knows(String email, String firstName) {
        firstNames.put(email, firstName);
    }

    /** From now on there is an organization of that name, and the person has that role there. */
    public void knowsOrganization(String organizationId, String email, String role) {
        organizations
                .computeIfAbsent(organizationId, made -> new ConcurrentHashMap<>())
                .put(email, role);
    }

    /** From now on the group has exactly these members; its id begins with that of its organization and a hyphen. */
    public void knowsGroup(String groupId, String... emails) {
        groupMembers.put(groupId, Set.of(emails));
    }

    public void holds(String datasetId, int itemsCount) {
        itemsCounts.put(datasetId, itemsCount);
    }

    /** @param id of a dataset or project */
    public boolean hasDeleted(String id) {
        return deleted.contains(id);
    }

    /** From when on items of that dataset are kept, as item-service was last told; empty when it was not. */
    public Optional<Instant> keptFrom(String datasetId) {
        return Optional.ofNullable(expired.get(datasetId));
    }

    /** While something runs, nobody listens where item-service was. */
    public void withoutItemService(Runnable meanwhile) {
        int port = itemService.port();
        itemService.disposeNow();
        try {
            meanwhile.run();
        } finally {
            itemService = startItemService(port);
        }
    }

    /** Ids of the projects whose models were to end. */
    public Set<String> projectsWithoutModels() {
        return Set.copyOf(withoutModels);
    }

    private DisposableServer startModelService() {
        return HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(routes -> routes.delete("/internal/projects/{id}", this::endModels))
                .bindNow();
    }

    private Mono<Void> endModels(HttpServerRequest request, HttpServerResponse response) {
        withoutModels.add(String.valueOf(request.param("id")));
        return response.status(204).send();
    }

    private DisposableServer startItemService(int port) {
        return HttpServer.create()
                .host("127.0.0.1")
                .port(port)
                // Or else it would go on answering over open connections.
                .maxKeepAliveRequests(1)
                .route(routes -> routes.post("/internal/datasets/counts", this::counts)
                        .delete("/internal/datasets/{datasetId}", this::delete)
                        .delete("/internal/projects/{datasetId}", this::delete)
                        .delete("/internal/datasets/{datasetId}/items", this::expire)
                        .get("/internal/jwks.json", this::keys))
                .bindNow();
    }

    private Mono<Void> delete(HttpServerRequest request, HttpServerResponse response) {
        if (!request.requestHeaders().get("Authorization", "").startsWith("Bearer ")) {
            return response.status(401).send();
        }
        deleted.add(String.valueOf(request.param("datasetId")));
        return response.status(204).send();
    }

    private Mono<Void> expire(HttpServerRequest request, HttpServerResponse response) {
        expired.put(
                String.valueOf(request.param("datasetId")),
                Instant.parse(
                        request.uri().substring(request.uri().indexOf('=') + 1).replace("%3A", ":")));
        return response.header("Content-Type", "application/json")
                .sendString(Mono.just("{\"count\": 0}"))
                .then();
    }

    private Mono<Void> keys(HttpServerRequest request, HttpServerResponse response) {
        Mono<String> keys = HttpClient.create()
                .get()
                .uri(tokens.address().resolve("/internal/jwks.json").toString())
                .responseContent()
                .aggregate()
                .asString();
        return response.header("Content-Type", "application/json")
                .sendString(keys)
                .then();
    }

    private Mono<Void> users(HttpServerRequest request, HttpServerResponse response) {
        return reply(
                request,
                response,
                body -> texts(body.path("emails")).stream()
                        .filter(firstNames::containsKey)
                        .map(email -> Map.of(
                                "email", email,
                                "firstName", Objects.requireNonNull(firstNames.get(email)),
                                "lastName", "Example",
                                "createdAt", Duration.ofDays(1).toMillis(),
                                "updatedAt", Duration.ofDays(2).toMillis()))
                        .toList());
    }

    private Mono<Void> groupsOf(HttpServerRequest request, HttpServerResponse response) {
        return reply(
                request,
                response,
                body -> groupMembers.entrySet().stream()
                        .filter(group ->
                                group.getValue().contains(body.path("email").stringValue()))
                        .map(Map.Entry::getKey)
                        .toList());
    }

    private Mono<Void> groups(HttpServerRequest request, HttpServerResponse response) {
        return reply(
                request,
                response,
                body -> texts(body.path("ids")).stream()
                        .filter(groupMembers::containsKey)
                        .map(id -> Map.of(
                                "id",
                                id,
                                "name",
                                "group " + id,
                                "organizationId",
                                id.substring(0, id.indexOf('-')),
                                "members",
                                Objects.requireNonNull(groupMembers.get(id))))
                        .toList());
    }

    private Mono<Void> organizations(HttpServerRequest request, HttpServerResponse response) {
        return reply(
                request,
                response,
                body -> texts(body.path("ids")).stream()
                        .filter(organizations::containsKey)
                        .map(id -> organization(id, body.path("email").asString("")))
                        .toList());
    }

    private Map<String, String> organization(String id, String email) {
        Map<String, String> answer = new HashMap<>(Map.of("id", id, "name", "organization " + id));
        String role = Objects.requireNonNull(organizations.get(id)).get(email);
        if (role != null) {
            answer.put("role", role);
        }
        return answer;
    }

    private Mono<Void> counts(HttpServerRequest request, HttpServerResponse response) {
        return reply(
                request,
                response,
                body -> texts(body.path("datasetIds")).stream()
                        .map(id -> Map.of(
                                "datasetId",
                                id,
                                "itemsCount",
                                itemsCounts.getOrDefault(id, 0),
                                "annotatedCount",
                                0,
                                "annotationsCount",
                                0,
                                "bytes",
                                BYTES_OF_AN_ITEM * itemsCounts.getOrDefault(id, 0)))
                        .toList());
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::stringValue).toList();
    }

    private static Mono<Void> reply(
            HttpServerRequest request, HttpServerResponse response, Function<JsonNode, List<?>> answer) {
        return request.receive()
                .aggregate()
                .asString()
                .flatMap(body -> response.header("Content-Type", "application/json")
                        .sendByteArray(Mono.just(JSON.writeValueAsBytes(answer.apply(JSON.readTree(body)))))
                        .then());
    }
}
