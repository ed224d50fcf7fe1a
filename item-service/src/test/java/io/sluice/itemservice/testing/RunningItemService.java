package io.sluice.itemservice.testing;

import com.mongodb.reactivestreams.client.MongoCollection;
import io.sluice.itemservice.ItemServiceApplication;
import io.sluice.kit.testing.Tokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.bson.Document;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.core.env.Environment;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.util.FileSystemUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The item-service as it runs, with a database and a folder for bytes of the test class's own. A stand-in for the
 * dataset-service tells the role of everybody from the first part of the e-mail: {@code engineer@example.org} is
 * engineer in every project, {@code stranger@example.org} in none.
 */
@SpringBootTest(
        classes = ItemServiceApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.config.name=item-service",
            "item-service.upload.longest-silence=8s",
            "item-service.bulk.longest-silence=8s",
            "item-service.bulk.sign-of-life=500ms",
            // Who is about thumbnails wants some; the others would have items change under their hands.
            "item-service.thumbnail.at-once=0",
            "item-service.blobs=file:${blobs-of-tests}/${spring.mongodb.database}"
        })
public abstract class RunningItemService {

    private static final Map<String, String> ROLES = Map.of(
            "owner", "owner",
            "engineer", "engineer",
            "annotationmanager", "annotationManager",
            "annotator", "annotator");

    /** The project of all datasets. */
    protected static final String PROJECT = "6b0183990000000000001001";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Map<String, Integer> QUESTIONS = new ConcurrentHashMap<>();
    private static final Map<String, String> SOURCES = new ConcurrentHashMap<>();
    private static final Map<String, JsonNode> MADE = new ConcurrentHashMap<>();
    private static final Map<String, Integer> DAYS_KEPT = new ConcurrentHashMap<>();
    private static final Set<String> LOCKED = ConcurrentHashMap.newKeySet();
    private static final Map<String, Set<String>> LABELS = new ConcurrentHashMap<>();
    private static final List<String> LOCKS = new CopyOnWriteArrayList<>();
    private static final JsonMapper JSON = new JsonMapper();
    private static final Tokens TOKENS =
            Tokens.start(routes -> routes.get("/internal/access/datasets/{id}", RunningItemService::access)
                    .get("/internal/access/datasets/{id}/labels", RunningItemService::labels)
                    .get("/internal/access/projects/{id}", RunningItemService::project)
                    .get("/api/v1/datasets", RunningItemService::list)
                    .get("/api/v1/projects", RunningItemService::projects)
                    .get("/internal/datasets/{id}/labels", RunningItemService::labelsForServices)
                    .put("/internal/datasets/{id}", RunningItemService::make)
                    .put("/internal/datasets/{id}/locks/{holder}", RunningItemService::locked)
                    .delete("/internal/datasets/{id}/locks/{holder}", RunningItemService::released));

    /** Of this process alone: another may run other tests of this module. */
    private static final Path BLOBS = Path.of(
                    "target", "blobs", Long.toString(ProcessHandle.current().pid()))
            .toAbsolutePath();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                FileSystemUtils.deleteRecursively(BLOBS);
            } catch (IOException remains) {
                System.err.println("Left behind: " + BLOBS + " (" + remains + ")");
            }
        }));
    }

    @LocalServerPort
    private int port;

    @Autowired
    private Environment settings;

    @Autowired
    private ReactiveMongoTemplate mongo;

    @DynamicPropertySource
    static void peers(DynamicPropertyRegistry properties) {
        TOKENS.register(properties);
        properties.add("blobs-of-tests", BLOBS::toString);
    }

    private static Publisher<Void> access(HttpServerRequest request, HttpServerResponse response) {
        String email = email(request);
        QUESTIONS.merge(email, 1, Integer::sum);
        String role = roleOf(email);
        String datasetId = Objects.requireNonNull(request.param("id"));
        if (role == null || datasetId.startsWith("dead")) {
            return response.status(404).send();
        }
        return response.header("Content-Type", "application/json")
                .sendString(Mono.just(JSON.writeValueAsString(answer(datasetId, role))));
    }

    private static String email(HttpServerRequest request) {
        String token = Objects.requireNonNull(request.requestHeaders().get("Authorization"))
                .substring("Bearer ".length());
        return JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.", 3)[1]))
                .path("email")
                .asString();
    }

    private static @Nullable String roleOf(String email) {
        return ROLES.get(email.substring(0, email.indexOf('@')));
    }

    private static Map<String, Object> answer(String datasetId, String role) {
        Map<String, Object> answer = new HashMap<>(Map.of(
                "datasetId",
                datasetId,
                "projectId",
                PROJECT,
                "role",
                role,
                "readonly",
                LOCKED.contains(datasetId),
                "freshForMillis",
                5_000));
        if (LABELS.containsKey(datasetId)) {
            answer.put("strictLabels", true);
        }
        if (SOURCES.containsKey(datasetId)) {
            answer.put("srcDataset", SOURCES.get(datasetId));
        }
        return answer;
    }

    private static Publisher<Void> labels(HttpServerRequest request, HttpServerResponse response) {
        Set<String> labels = LABELS.get(Objects.requireNonNull(request.param("id")));
        return labels == null
                ? response.status(404).send()
                : response.header("Content-Type", "application/json")
                        .sendString(Mono.just(JSON.writeValueAsString(Map.of("labels", labels))));
    }

    private static Publisher<Void> labelsForServices(HttpServerRequest request, HttpServerResponse response) {
        Set<String> labels = LABELS.get(Objects.requireNonNull(request.param("id")));
        Map<String, Object> answer =
                Map.of("strict", labels != null, "labels", Objects.requireNonNullElse(labels, Set.of()));
        return response.header("Content-Type", "application/json")
                .sendString(Mono.just(JSON.writeValueAsString(answer)));
    }

    /** From now on a dataset that nobody has asked about takes these labels only. */
    protected static void takesOnly(String datasetId, String... labels) {
        LABELS.put(datasetId, Set.of(labels));
    }

    private static Publisher<Void> make(HttpServerRequest request, HttpServerResponse response) {
        return request.receive().aggregate().asString().flatMap(body -> {
            JsonNode wanted = JSON.readTree(body);
            MADE.put(Objects.requireNonNull(request.param("id")), wanted);
            return wanted.path("name").asString().equals("Taken")
                    ? response.status(400)
                            .header("Content-Type", "application/problem+json")
                            .sendString(Mono.just("{\"detail\":\"Dataset with the same name already exists\"}"))
                            .then()
                    : response.status(204).send();
        });
    }

    private static Publisher<Void> project(HttpServerRequest request, HttpServerResponse response) {
        String id = Objects.requireNonNull(request.param("id"));
        String role = roleOf(email(request));
        return role == null || id.startsWith("dead") || !ObjectId.isValid(id) || id.startsWith("000000")
                ? response.status(404).send()
                : response.header("Content-Type", "application/json")
                        .sendString(Mono.just(JSON.writeValueAsString(
                                Map.of("projectId", id, "role", role, "freshForMillis", 5_000))));
    }

    private static Publisher<Void> projects(HttpServerRequest request, HttpServerResponse response) {
        return response.header("Content-Type", "application/json")
                .sendString(Mono.just(roleOf(email(request)) == null ? "[]" : "[{\"id\":\"" + PROJECT + "\"}]"));
    }

    private static Publisher<Void> list(HttpServerRequest request, HttpServerResponse response) {
        List<Map<String, Object>> datasets = DAYS_KEPT.entrySet().stream()
                .map(dataset -> Map.<String, Object>of(
                        "id",
                        dataset.getKey(),
                        "projects",
                        List.of(),
                        "readonly",
                        LOCKED.contains(dataset.getKey()),
                        "expirationOptions",
                        Map.of("itemMaxDays", dataset.getValue())))
                .toList();
        return response.header("Content-Type", "application/json")
                .sendString(Mono.just(JSON.writeValueAsString(datasets)));
    }

    /** From now on the dataset-service lists this dataset, which keeps its items for so many days; 0 for ever. */
    protected static void lists(String datasetId, int daysKept) {
        DAYS_KEPT.put(datasetId, daysKept);
    }

    /** What the dataset-service was asked to make with that id; nothing is made with the name Taken. */
    protected static JsonNode made(String datasetId) {
        return Objects.requireNonNull(MADE.get(datasetId));
    }

    /** Says that a dataset nobody has asked about is a clone. */
    protected static void cloned(String datasetId, String source) {
        SOURCES.put(datasetId, source);
    }

    private static Publisher<Void> locked(HttpServerRequest request, HttpServerResponse response) {
        String datasetId = Objects.requireNonNull(request.param("id"));
        LOCKS.add(datasetId + " " + request.uri().replaceAll(".*seconds=", ""));
        LOCKED.add(datasetId);
        return response.status(204).send();
    }

    private static Publisher<Void> released(HttpServerRequest request, HttpServerResponse response) {
        LOCKED.remove(Objects.requireNonNull(request.param("id")));
        return response.status(204).send();
    }

    /** For how many seconds somebody has locked the dataset, each time. */
    protected static List<String> locksOf(String datasetId) {
        return LOCKS.stream()
                .filter(lock -> lock.startsWith(datasetId))
                .map(lock -> lock.substring(datasetId.length() + 1))
                .toList();
    }

    protected static boolean isLocked(String datasetId) {
        return LOCKED.contains(datasetId);
    }

    /** How often the dataset-service was asked what {@code <name>@example.org} may do. */
    protected static int questionsAbout(String name) {
        return QUESTIONS.getOrDefault(name + "@example.org", 0);
    }

    /** Where the service listens. */
    protected final int port() {
        return port;
    }

    /** A client without a token. */
    protected final Client nobody() {
        return new Client(port, null);
    }

    /** A client of {@code <name>@example.org}. */
    protected final Client as(String name) {
        return new Client(port, TOKENS.of(name + "@example.org"));
    }

    /** A client with a token that was narrowed to these scopes and projects; null for all. */
    protected final Client narrowed(String name, @Nullable String scope, @Nullable List<String> projects) {
        return new Client(port, TOKENS.narrowed(name + "@example.org", scope, projects));
    }

    protected final Client owner() {
        return as("owner");
    }

    /** A client that is another service of the platform. */
    protected final Client service() {
        return new Client(port, TOKENS.service("dataset-service", "item-service"));
    }

    /** The id of a dataset that nobody has used. */
    protected static String newDataset() {
        return new ObjectId().toHexString();
    }

    /** Somebody locks a dataset. Who has asked for it before may not notice for five seconds. */
    protected static void lock(String datasetId) {
        LOCKED.add(datasetId);
    }

    /** The folder with the bytes. */
    protected final Path blobs() {
        return Path.of(URI.create(Objects.requireNonNull(settings.getProperty("item-service.blobs")))
                .getPath());
    }

    /** What has been begun to be written down and belongs to nobody yet. */
    protected final List<Path> staged() {
        try (Stream<Path> files = Files.list(blobs().resolve("staging"))) {
            return files.toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    protected final Path blob(String sha256) {
        return blobs().resolve("sha256").resolve(sha256.substring(0, 2)).resolve(sha256);
    }

    /** Where the bytes of a small file are, as the index says. */
    protected final Document placeOf(String sha256) {
        return Objects.requireNonNull(collection("blobs")
                .flatMap(blobs -> Mono.from(blobs.find(new Document("_id", sha256))))
                .block(PATIENCE));
    }

    /** Puts the bytes of a small file into the trash. */
    protected final void discard(String sha256) {
        var trashed = new Document("$set", new Document("trashedAt", new Date()));
        collection("blobs")
                .flatMap(blobs -> Mono.from(blobs.updateOne(new Document("_id", sha256), trashed)))
                .block(PATIENCE);
    }

    /** Nothing is left of the bytes of a small file: not where they were, and not in the index. */
    protected final void lose(String sha256) {
        Document place = placeOf(sha256);
        try (FileChannel segment = FileChannel.open(
                blobs().resolve("segments").resolve(place.getString("segment")), StandardOpenOption.WRITE)) {
            segment.write(ByteBuffer.allocate(48 + place.getInteger("size")), place.getLong("offset"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        collection("blobs")
                .flatMap(blobs -> Mono.from(blobs.deleteOne(new Document("_id", sha256))))
                .block(PATIENCE);
    }

    /** The documents of a dataset, as they are stored. */
    protected final List<Document> stored(String datasetId) {
        return Objects.requireNonNull(collection("items")
                .flatMapMany(items -> Flux.from(items.find(new Document("datasetId", new ObjectId(datasetId)))))
                .collectList()
                .block());
    }

    /** Whether the sweep will look whether anybody still needs the bytes. */
    protected final boolean isReleased(String sha256) {
        return Boolean.TRUE.equals(collection("released_blobs")
                .flatMapMany(released -> Flux.from(released.find(new Document("_id", sha256))))
                .hasElements()
                .block());
    }

    protected static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Makes all calls at the same time and waits for the replies. */
    protected static List<Reply> atOnce(List<Callable<Reply>> calls) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        try {
            List<Reply> replies = new ArrayList<>();
            for (Future<Reply> reply : threads.invokeAll(calls)) {
                replies.add(reply.get());
            }
            return replies;
        } finally {
            threads.shutdownNow();
        }
    }

    /** Stores a document as it is, past the service. */
    protected final void insert(String collection, Document document) {
        collection(collection)
                .flatMapMany(documents -> Flux.from(documents.insertOne(document)))
                .blockLast();
    }

    /** Changes a document as it is stored, past the service. */
    protected final void set(String collection, String id, String field, Object value) {
        collection(collection)
                .flatMapMany(documents -> Flux.from(documents.updateOne(
                        new Document("_id", new ObjectId(id)), new Document("$set", new Document(field, value)))))
                .blockLast();
    }

    private Mono<MongoCollection<Document>> collection(String name) {
        return mongo.getCollection(name);
    }
}
