package io.sluice.modelservice.testing;

import io.netty.handler.codec.http.multipart.HttpData;
import io.sluice.kit.testing.Tokens;
import io.sluice.modelservice.ModelServiceApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The model-service as it runs, with a database of the test class's own. A stand-in for the dataset-service tells the role of
 * everybody from the first part of the e-mail: {@code engineer@example.org} is engineer in every project,
 * {@code stranger@example.org} in none.
 */
@SpringBootTest(
        classes = ModelServiceApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"spring.config.name=model-service", "model-service.files.folder=target/models/${random.uuid}"})
public abstract class RunningModelService {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Set<String> ROLES = Set.of("owner", "engineer", "annotationManager", "annotator");
    private static final JsonMapper JSON = new JsonMapper();

    /** The only project that lists of projects have. */
    protected static final String PROJECT = "6b0183990000000000001001";

    private static final Tokens TOKENS =
            Tokens.start(routes -> routes.get("/internal/access/projects/{id}", RunningModelService::access)
                    .get("/internal/access/datasets/{id}", RunningModelService::dataset)
                    .get("/api/v1/projects", RunningModelService::projects)
                    .get("/api/v1/datasets", RunningModelService::binaries)
                    .post("/api/v1/datasets/{id}/items", RunningModelService::upload)
                    .get("/api/v1/items/{id}", RunningModelService::item)
                    .get("/api/v1/items/{id}/stream", RunningModelService::bytes)
                    .get("/internal/items/{id}/stream", RunningModelService::bytes)
                    .post("/internal/items/found", RunningModelService::found)
                    .post("/internal/items/count", RunningModelService::count)
                    .post("/internal/items/annotations", RunningModelService::annotate)
                    .post("/internal/items/annotations/of-people", RunningModelService::saidByPeople)
                    .post("/internal/items/vectors", RunningModelService::embed));

    /** Items by their ids. */
    private static final Map<String, StoredItem> ITEMS = new ConcurrentHashMap<>();

    /** The organizations of projects that have one; in lists of projects these are, too. */
    private static final Map<String, String> ORGANIZATIONS = new ConcurrentHashMap<>();

    /** What was last said of items, by their ids. */
    private static final Map<String, JsonNode> SAID = new ConcurrentHashMap<>();

    /** What people have said of items, by their ids. */
    private static final Map<String, List<Map<String, Object>>> SAID_BY_PEOPLE = new ConcurrentHashMap<>();

    /** The labels that strict datasets take, by their ids. */
    private static final Map<String, Set<String>> LABELS = new ConcurrentHashMap<>();

    private record StoredItem(String id, String datasetId, String filename, byte[] bytes) {

        Map<String, Object> view() {
            return Map.of("id", id, "datasetId", datasetId, "type", "file", "filename", filename);
        }
    }

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void peers(DynamicPropertyRegistry properties) {
        TOKENS.register(properties);
    }

    private static Publisher<Void> access(HttpServerRequest request, HttpServerResponse response) {
        String id = Objects.requireNonNull(request.param("id"));
        String role = roleOf(request);
        return role == null || id.startsWith("dead") || id.startsWith("000000")
                ? response.status(404).send()
                : json(
                        response,
                        ORGANIZATIONS.containsKey(id)
                                ? Map.of(
                                        "projectId",
                                        id,
                                        "role",
                                        role,
                                        "organizationId",
                                        ORGANIZATIONS.get(id),
                                        "freshForMillis",
                                        5_000)
                                : Map.of("projectId", id, "role", role, "freshForMillis", 5_000));
    }

    /** Each project has one dataset, which has its id. */
    private static Publisher<Void> dataset(HttpServerRequest request, HttpServerResponse response) {
        String id = Objects.requireNonNull(request.param("id"));
        return roleOf(request) == null
                ? response.status(404).send()
                : json(
                        response,
                        Map.of(
                                "datasetId",
                                id,
                                "projectId",
                                id,
                                "role",
                                "owner",
                                "readonly",
                                false,
                                "freshForMillis",
                                5_000));
    }

    private static Publisher<Void> binaries(HttpServerRequest request, HttpServerResponse response) {
        return json(response, List.of(Map.of("id", request.uri().replaceAll(".*projects=", ""))));
    }

    private static Publisher<Void> upload(HttpServerRequest request, HttpServerResponse response) {
        String datasetId = Objects.requireNonNull(request.param("id"));
        Map<String, byte[]> parts = new ConcurrentHashMap<>();
        return request.receiveForm(form -> form.maxInMemorySize(-1))
                .doOnNext(part -> parts.put(part.getName(), bytesOf(part)))
                .then(Mono.defer(() -> {
                    String path = new String(parts.get("path"), StandardCharsets.UTF_8);
                    String id = ITEMS.values().stream()
                            .filter(item -> item.datasetId().equals(datasetId)
                                    && item.filename().equals(path))
                            .map(StoredItem::id)
                            .findFirst()
                            .orElseGet(() -> new ObjectId().toHexString());
                    StoredItem item = new StoredItem(id, datasetId, path, Objects.requireNonNull(parts.get("file")));
                    ITEMS.put(id, item);
                    return Mono.from(json(response, item.view()));
                }));
    }

    private static byte[] bytesOf(HttpData part) {
        try {
            return part.get();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Publisher<Void> item(HttpServerRequest request, HttpServerResponse response) {
        StoredItem item = ITEMS.get(Objects.requireNonNull(request.param("id")));
        return item == null ? response.status(404).send() : json(response, item.view());
    }

    private static Publisher<Void> bytes(HttpServerRequest request, HttpServerResponse response) {
        StoredItem item = ITEMS.get(Objects.requireNonNull(request.param("id")));
        return item == null ? response.status(404).send() : response.sendByteArray(Mono.just(item.bytes()));
    }

    private static Mono<JsonNode> body(HttpServerRequest request) {
        return request.receive().aggregate().asString().map(JSON::readTree);
    }

    private static List<Map<String, Object>> matches(JsonNode wanted) {
        String after = wanted.path("after").asString("");
        return ITEMS.values().stream()
                .filter(item -> wanted.has("itemIds") && !wanted.path("itemIds").isNull()
                        ? wanted.path("itemIds").toString().contains(item.id())
                        : item.datasetId().equals(wanted.path("datasetId").asString())
                                && item.id().compareTo(after) > 0
                                && item.id().compareTo(wanted.path("upTo").asString()) <= 0)
                .sorted(Comparator.comparing(StoredItem::id))
                .map(StoredItem::view)
                .toList();
    }

    private static Publisher<Void> found(HttpServerRequest request, HttpServerResponse response) {
        return body(request).flatMap(wanted -> Mono.from(json(response, matches(wanted))));
    }

    private static Publisher<Void> count(HttpServerRequest request, HttpServerResponse response) {
        return body(request)
                .flatMap(wanted ->
                        Mono.from(json(response, Map.of("count", matches(wanted).size()))));
    }

    private static Publisher<Void> annotate(HttpServerRequest request, HttpServerResponse response) {
        return body(request).flatMap(findings -> {
            List<Map<String, String>> refused = new ArrayList<>();
            findings.path("items").forEach(item -> {
                String itemId = item.path("itemId").asString();
                Set<String> taken =
                        LABELS.get(Objects.requireNonNull(ITEMS.get(itemId)).datasetId());
                item.path("annotations")
                        .valueStream()
                        .map(annotation -> annotation.path("label").asString())
                        .filter(label -> taken != null && !taken.contains(label))
                        .findFirst()
                        .ifPresentOrElse(
                                label -> refused.add(Map.of("itemId", itemId, "label", label)),
                                () -> SAID.put(itemId, item.path("annotations")));
            });
            return Mono.from(json(response, Map.of("refused", refused)));
        });
    }

    private static Publisher<Void> saidByPeople(HttpServerRequest request, HttpServerResponse response) {
        return body(request)
                .flatMap(wanted -> Mono.from(json(
                        response,
                        wanted.path("itemIds")
                                .valueStream()
                                .flatMap(id -> SAID_BY_PEOPLE.getOrDefault(id.asString(), List.of()).stream())
                                .filter(said ->
                                        wanted.path("types").toString().contains("\"" + said.get("type") + "\""))
                                .toList())));
    }

    /** Somebody makes an annotation. */
    protected static void saidByPeople(String itemId, String type, String label, Object coordinates) {
        SAID_BY_PEOPLE
                .computeIfAbsent(itemId, id -> new CopyOnWriteArrayList<>())
                .add(Map.of("itemId", itemId, "type", type, "label", label, "coordinates", coordinates));
    }

    /** From now on the dataset takes these labels only. */
    protected static void takesOnly(String datasetId, String... labels) {
        LABELS.put(datasetId, Set.of(labels));
    }

    private static Publisher<Void> embed(HttpServerRequest request, HttpServerResponse response) {
        return body(request).flatMap(made -> {
            made.path("vectors")
                    .forEach(vector -> SAID.put(vector.path("itemId").asString(), vector.path("value")));
            return response.status(204).send().then();
        });
    }

    /** The annotations or the vector that an item was given. */
    protected static @Nullable JsonNode said(String itemId) {
        return SAID.get(itemId);
    }

    private static Publisher<Void> json(HttpServerResponse response, Object body) {
        return response.header("Content-Type", "application/json").sendString(Mono.just(JSON.writeValueAsString(body)));
    }

    /** Puts an item into a project and tells its id. */
    protected static String stored(String projectId, String path, byte[] bytes) {
        String id = new ObjectId().toHexString();
        ITEMS.put(id, new StoredItem(id, projectId, path, bytes));
        return id;
    }

    /** The ids of the items of a dataset, in their order. */
    protected static List<String> storedIn(String datasetId) {
        return ITEMS.values().stream()
                .filter(item -> item.datasetId().equals(datasetId))
                .map(StoredItem::id)
                .sorted()
                .toList();
    }

    /** Somebody overwrites an item. */
    protected static void overwritten(String itemId, byte[] bytes) {
        ITEMS.computeIfPresent(itemId, (id, item) -> new StoredItem(id, item.datasetId(), item.filename(), bytes));
    }

    private static Publisher<Void> projects(HttpServerRequest request, HttpServerResponse response) {
        Stream<Map<String, ?>> ofOrganizations = ORGANIZATIONS.entrySet().stream()
                .map(project -> Map.of("id", project.getKey(), "org", Map.of("id", project.getValue())));
        return json(
                response,
                roleOf(request) == null
                        ? List.of()
                        : Stream.concat(Stream.of(Map.of("id", PROJECT)), ofOrganizations)
                                .toList());
    }

    private static @Nullable String roleOf(HttpServerRequest request) {
        String token = Objects.requireNonNull(request.requestHeaders().get("Authorization"))
                .substring("Bearer ".length());
        String email = JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.", 3)[1]))
                .path("email")
                .asString();
        String name = email.substring(0, email.indexOf('@'));
        return ROLES.contains(name) ? name : null;
    }

    /** An answer; its JSON is empty where it is none. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Reply(int status, HttpHeaders headers, byte[] bytes) {

        public JsonNode json() {
            MediaType type = headers.getContentType();
            return bytes.length == 0 || type == null || !type.getSubtype().endsWith("json")
                    ? JSON.createObjectNode()
                    : JSON.readTree(bytes);
        }

        public @Nullable String eTag() {
            return headers.getETag();
        }

        public JsonNode at(String pointer) {
            return json().at(pointer);
        }

        public String id() {
            return json().path("id").asString();
        }
    }

    /** The id of a project that nobody has used. */
    protected static String newProject() {
        return new ObjectId().toHexString();
    }

    /** The id of a project that nobody has used, of an organization. */
    protected static String newProjectOf(String organizationId) {
        String id = newProject();
        ORGANIZATIONS.put(id, organizationId);
        return id;
    }

    /** What the service answers to {@code <name>@example.org}. */
    protected final Reply ask(String name, HttpMethod method, String path, @Nullable Object body, String... headers) {
        return send(TOKENS.of(name + "@example.org"), method, path, body, headers);
    }

    /** What {@code <name>@example.org} is signed in with. */
    protected static String tokenOf(String name) {
        return TOKENS.of(name + "@example.org");
    }

    /** Where it answers. */
    protected final URI address(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** What it answers to another service of the platform. */
    protected final Reply askAsService(HttpMethod method, String path) {
        return send(TOKENS.service("dataset-service", "model-service"), method, path, null);
    }

    private Reply send(String token, HttpMethod method, String path, @Nullable Object body, String... headers) {
        WebTestClient.RequestBodySpec request = WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .responseTimeout(PATIENCE)
                .build()
                .method(method)
                .uri(path)
                .headers(all -> all.setBearerAuth(token));
        if (body != null) {
            request.contentType(
                            body instanceof byte[] ? MediaType.APPLICATION_OCTET_STREAM : MediaType.APPLICATION_JSON)
                    .bodyValue(body);
        }
        for (int index = 0; index < headers.length; index += 2) {
            String name = headers[index];
            String value = headers[index + 1];
            request.headers(all -> all.set(name, value));
        }
        EntityExchangeResult<byte[]> result = request.exchange().expectBody().returnResult();
        byte[] answered = result.getResponseBody();
        return new Reply(
                result.getStatus().value(), result.getResponseHeaders(), answered == null ? new byte[0] : answered);
    }
}
