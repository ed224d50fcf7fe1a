package io.sluice.launcher;

import io.sluice.kit.auth.OrganizationRole;
import io.sluice.kit.auth.Role;
import io.sluice.kit.testing.Operation;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.HttpMethod;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole platform behind its gate, with people in it, and things that operations can be tried on. */
final class RunningPlatform implements AutoCloseable {

    private static final int MOST_REPEATS = 10;

    private static final String ADMINISTRATOR = "administrator";
    private static final String MAKER = "maker";
    private static final String PASSWORD = "correct horse battery";
    private static final String API = "/api/v1";
    private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)}");
    private static final JsonMapper JSON = new JsonMapper();

    /** Longer than the gateway waits for a service, so that what comes is an answer. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final String FORM =
            "--boundary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
                    + "other bytes\r\n--boundary--\r\n";

    private static final String ANNOTATION = "{\"type\": \"class\", \"label\": \"sheep\"}";

    private static final String FEATURE_SET =
            "{\"name\": \"{new}\", \"type\": \"test\", \"entityType\": \"dataset\", \"size\": 2, \"project\":"
                    + " \"{projectId}\"}";

    /** Of the dataset, which goes last. */
    private static final String VECTOR =
            "[{\"featureSetId\": \"{featureSetId}\", \"entityId\": \"{datasetId}\", \"value\": [1, 2]}]";

    private static final String MODEL = "{\"name\": \"{new}\", \"projectId\": \"{projectId}\"}";

    /** Of the first bytes of any file. */
    private static final String OF_FILES = "\"input\": {\"kind\": \"bytes\", \"begin\": 4, \"end\": 0}";

    private static final String CLASSIFIER =
            "{\"name\": \"{new}\", \"projectId\": \"{projectId}\", \"labels\": [\"letters\", \"nothing\"],"
                    + " \"configuration\": {" + OF_FILES + "}}";

    private static final String EMBEDDER = "{\"name\": \"{new}\", \"projectId\": \"{projectId}\", \"configuration\": {"
            + OF_FILES + ", \"output\": {\"kind\": \"embedding\"}}}";

    private static final String DPK = "{\"name\": \"{dpkName}\", \"context\": {\"project\": \"{projectId}\"}}";

    private static final String APP =
            "{\"name\": \"{new}\", \"projectId\": \"{projectId}\", \"dpkName\": \"{dpkName}\"}";

    private static final String ABOUT_ITEM = "{\"input\": {\"itemIds\": [\"{itemId}\"]}}";

    private static final String METRIC =
            "[{\"modelId\": \"{modelId}\", \"figure\": \"loss\", \"data\": {\"x\": 1, \"y\": 2}}]";

    private static final String TENSOR =
            "{\"inputs\": [{\"name\": \"bytes\", \"datatype\": \"INT64\", \"shape\": [1, 4], \"data\": [1, 2, 3, 4]}]}";

    /** A model that looks at four bytes. */
    private static final HttpRequest.BodyPublisher RUNNABLE = runnable();

    private static final String IN_PROJECT = "{\"filter\": {}, \"context\": {\"projects\": [\"{projectId}\"]}}";

    private static final String LABELS = "[{\"tag\": \"sheep\"}]";

    private static final String ATTRIBUTE = "{\"key\": \"{new}\", \"type\": \"boolean\"}";

    private static final String STRUCTURE = "{\"name\": \"{new}\", \"order\": [], \"arcs\": []}";

    private static final String COLLECTED = "{\"query\": {\"filter\": {}}, \"collections\": [\"{collectionName}\"]}";

    /** What operations are sent that want more than {@code {}}. */
    private static final Map<String, String> BODIES = Map.ofEntries(
            Map.entry(
                    "POST /token",
                    "{\"type\": \"user_credentials\", \"username\": \"x\", \"password\": \"wrong one\"}"),
            Map.entry("POST /api/v1/users", "{\"email\": \"{new}\", \"password\": \"" + PASSWORD + "\"}"),
            Map.entry("POST /api/v1/orgs", "{\"name\": \"new\"}"),
            Map.entry("PATCH /api/v1/orgs/{orgId}", "{\"name\": \"renamed\"}"),
            Map.entry("POST /api/v1/orgs/{orgId}/members", "{\"emails\": [\"{new}\"], \"role\": \"worker\"}"),
            Map.entry("PATCH /api/v1/orgs/{orgId}/members", "{\"email\": \"{memberId}\", \"role\": \"worker\"}"),
            Map.entry("POST /api/v1/groups", "{\"name\": \"new\", \"orgId\": \"{orgId}\"}"),
            Map.entry("PATCH /api/v1/groups/{groupId}", "{\"name\": \"renamed\"}"),
            Map.entry("POST /api/v1/groups/{groupId}/members", "{\"user_id\": \"{memberId}\"}"),
            Map.entry("PATCH /api/v1/groups/{groupId}/owner", "{\"newGroupOwnerId\": \"{memberId}\"}"),
            Map.entry("POST /api/v1/groups/{groupId}/subgroups", "{\"sub_group_id\": \"{subGroupId}\"}"),
            Map.entry("POST /api/v1/audit/logs", "{\"orgId\": \"{orgId}\"}"),
            Map.entry("POST /api/v1/projects", "{\"name\": \"{new}\"}"),
            Map.entry("PATCH /api/v1/projects/{projectId}", "{\"name\": \"{projectId}\"}"),
            Map.entry("PATCH /api/v1/projects/{projectId}/org", "{\"org_id\": \"{homeOrgId}\"}"),
            Map.entry("POST /api/v1/projects/{projectId}/members", "{\"users\": [\"{new}\"], \"role\": \"engineer\"}"),
            Map.entry("POST /api/v1/projects/{projectId}/members/{email}", "{\"role\": \"engineer\"}"),
            Map.entry("PATCH /api/v1/projects/{projectId}/members/{email}", "{\"role\": \"engineer\"}"),
            Map.entry("POST /api/v1/projects/{projectId}/subgroups/{groupId}", "{\"role\": \"engineer\"}"),
            Map.entry("PATCH /api/v1/projects/{projectId}/subgroups/{groupId}", "{\"role\": \"engineer\"}"),
            Map.entry("POST /api/v1/projects/{projectId}/bots", "{\"name\": \"new\"}"),
            Map.entry("POST /api/v1/datasets", "{\"name\": \"{new}\", \"projects\": [\"{projectId}\"]}"),
            Map.entry("POST /api/v1/datasets/query", "{\"filter\": {}}"),
            Map.entry("POST /api/v1/datasets/exports", "{\"datasetId\": \"{datasetId}\"}"),
            Map.entry("POST /api/v1/datasets/count", "{\"projectIds\": [\"{projectId}\"]}"),
            Map.entry("POST /api/v1/datasets/storage/project", "{\"projectId\": \"{projectId}\", \"external\": false}"),
            Map.entry("PATCH /api/v1/datasets/{datasetId}", "{\"name\": \"{datasetId}\"}"),
            Map.entry("POST /api/v1/datasets/{datasetId}/items", "{\"type\": \"dir\", \"path\": \"/made\"}"),
            Map.entry("POST /api/v1/datasets/{datasetId}/items/bulk", "{\"path\": \"/bulk\", \"base64\": \"\"}"),
            Map.entry(
                    "POST /api/v1/datasets/{datasetId}/items/bulk/check",
                    "{\"path\": \"/bulk\", \"sha256\": \"" + "0".repeat(64) + "\"}"),
            Map.entry("PUT /api/v1/datasets/{datasetId}/items/{directoryId}", "[\"{itemId}\"]"),
            Map.entry("POST /api/v1/datasets/{datasetId}/query", "{\"filter\": {}}"),
            Map.entry("DELETE /api/v1/datasets/{datasetId}/items", "{\"filter\": {\"type\": \"none\"}}"),
            Map.entry(
                    "POST /api/v1/datasets/{datasetId}/items/bulk-update-metadata",
                    "{\"query\": {\"filter\": {}}, \"updateQuery\": {\"update\": {\"metadata\": {}}}}"),
            Map.entry(
                    "POST /api/v1/datasets/{datasetId}/split",
                    "{\"itemsQuery\": {\"filter\": {}}, \"MLSplitList\": {\"train\": 100}}"),
            Map.entry(
                    "POST /api/v1/datasets/{datasetId}/annotations",
                    "{\"query\": {\"filter\": {}}, \"annotation\": {\"label\": \"ewe\"}}"),
            Map.entry(
                    "POST /api/v1/datasets/{datasetId}/annotations/bulk",
                    "[{\"itemId\": \"{itemId}\", \"type\": \"class\", \"label\": \"ewe\"}]"),
            Map.entry("POST /api/v1/items/{itemId}/annotations", ANNOTATION),
            Map.entry("POST /api/v1/datasets/{datasetId}/items/{itemId}/annotations", ANNOTATION),
            Map.entry("POST /api/v1/features/sets", FEATURE_SET),
            Map.entry("POST /api/v1/features/sets/query", IN_PROJECT),
            Map.entry("POST /api/v1/features/vectors", VECTOR),
            Map.entry("POST /api/v1/features/vectors/query", IN_PROJECT),
            Map.entry(
                    "POST /api/v1/features/vectors/project-count-aggregation",
                    "{\"projectId\": \"{projectId}\", \"datasetIds\": [\"{datasetId}\"]}"),
            Map.entry("POST /api/v1/features/vectors/search", "{\"vectorId\": \"{featureVectorId}\"}"),
            Map.entry("POST /api/v1/ml/models", MODEL),
            Map.entry("POST /api/v1/ml/models/query", IN_PROJECT),
            Map.entry("POST /api/v1/ml/models/{modelId}/clone", "{\"name\": \"{new}\"}"),
            Map.entry("POST /api/v1/ml/models/{modelId}/predict", ABOUT_ITEM),
            Map.entry("POST /api/v1/ml/models/{modelId}/embed", ABOUT_ITEM),
            Map.entry("POST /api/v1/ml/models/{modelId}/evaluate", "{\"input\": {\"datasetId\": \"{datasetId}\"}}"),
            Map.entry("POST /api/v1/ml/metrics/publish", METRIC),
            Map.entry("POST /api/v1/ml/metrics/query", IN_PROJECT),
            Map.entry("POST /api/v1/query/faas", IN_PROJECT),
            Map.entry("POST /api/v1/app-registry", DPK),
            Map.entry("POST /api/v1/app-registry/query", IN_PROJECT),
            Map.entry("POST /api/v1/app-registry/{dpkName}/revisions", IN_PROJECT),
            Map.entry("POST /api/v1/apps", APP),
            Map.entry("POST /api/v1/apps/query", IN_PROJECT),
            Map.entry("POST /api/v1/services/logs", "{\"executionId\": [\"{executionId}\"]}"),
            Map.entry("POST /api/v1/ml/models/{modelId}/infer", TENSOR),
            Map.entry("POST /v2/models/{modelId}/infer", TENSOR),
            Map.entry("POST /v2/models/{modelId}/versions/{version}/infer", TENSOR),
            Map.entry("POST /api/v1/datasets/{datasetId}/clone", "{\"name\": \"{new}\"}"),
            Map.entry("POST /api/v1/datasets/merge", "{\"name\": \"{new}\", \"datasetsIds\": [\"{datasetId}\"]}"),
            Map.entry("POST /api/v1/datasets/{datasetId}/items/{itemId}/clone", "{\"remoteFileName\": \"{new}\"}"),
            Map.entry("POST /api/v1/items/{itemId}/clone", "{\"remoteFileName\": \"{new}\"}"),
            Map.entry("POST /api/v1/datasets/{datasetId}/items/{itemId}/revisions", FORM),
            Map.entry("POST /api/v1/items/{itemId}/revisions", FORM),
            Map.entry("POST /api/v1/ontologies", "{\"projectIds\": [\"{projectId}\"]}"),
            Map.entry("POST /api/v1/ontologies/{ontologyId}/labels", LABELS),
            Map.entry("PATCH /api/v1/ontologies/{ontologyId}/labels", "{\"labelsNode\": " + LABELS + "}"),
            Map.entry("PATCH /api/v1/ontologies/{ontologyId}/addLabels", "{\"labelsNode\": " + LABELS + "}"),
            Map.entry("POST /api/v1/ontologies/{ontologyId}/attributes", ATTRIBUTE),
            Map.entry("PATCH /api/v1/ontologies/{ontologyId}/attributes", "{\"items\": []}"),
            Map.entry("DELETE /api/v1/ontologies/{ontologyId}/attributes", "{\"keys\": []}"),
            Map.entry("POST /api/v1/ontologies/{ontologyId}/structures", STRUCTURE),
            Map.entry("POST /api/v1/recipes", "{\"projectIds\": [\"{projectId}\"]}"),
            Map.entry("POST /api/v1/datasets/{datasetId}/items/collections", "{\"name\": \"{new}\"}"),
            Map.entry(
                    "PATCH /api/v1/datasets/{datasetId}/items/collections/{collectionName}",
                    "{\"name\": \"{collectionName}\"}"),
            Map.entry("POST /api/v1/datasets/{datasetId}/items/collections/bulk-add", COLLECTED),
            Map.entry("POST /api/v1/datasets/{datasetId}/items/collections/bulk-remove", COLLECTED));

    /** After these, whoever asked has to sign in again. */
    private static final Set<String> ENDS_SESSIONS = Set.of("/api/v1/users/me/sessions", "/api/users/me/sessions");

    private static final Map<String, String> QUERIES =
            Map.of("GET /api/v1/audit/logs/csv", "?orgId={orgId}", "GET /api/v1/activities/", "?projectId={projectId}");

    /** Paths where a variable is not the thing that usually has its name. */
    private static final Map<String, Map<String, String>> ELSEWHERE = Map.ofEntries(
            Map.entry("/api/v1/projects/{projectId}/subgroups/{groupId}", Map.of("groupId", "homeGroupId")),
            Map.entry("/api/v1/datasets/{datasetId}/items/{itemId}", Map.of("itemId", "secondItemId")),
            Map.entry(
                    "/api/v1/items/{itemId}/annotations/{annotationId}", Map.of("annotationId", "secondAnnotationId")),
            Map.entry(
                    "/api/v1/datasets/{datasetId}/items/{itemId}/annotations/{annotationId}",
                    Map.of("annotationId", "thirdAnnotationId")),
            Map.entry("/api/v1/ontologies/{ontologyId}", Map.of("ontologyId", "secondOntologyId")),
            Map.entry("/api/v1/ml/models/{modelId}", Map.of("modelId", "secondModelId")),
            Map.entry("/api/v1/ml/models/{modelId}/embed", Map.of("modelId", "embedderId")),
            Map.entry("/api/v1/app-registry/{dpkId}", Map.of("dpkId", "secondDpkId")),
            Map.entry("/api/v1/recipes/{recipeId}", Map.of("recipeId", "secondRecipeId")),
            Map.entry("/api/v1/users/{userId}", Map.of("userId", "goingId")),
            Map.entry("/api/users/{userId}", Map.of("userId", "goingId")),
            Map.entry("/api/v1/orgs/{orgId}/members/{userId}/projects", Map.of("userId", "memberId")),
            Map.entry("/api/v1/orgs/{orgId}/members/{userId}/related", Map.of("userId", "memberId")));

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> emails = new ConcurrentHashMap<>();
    private final Map<String, String> tokens = new ConcurrentHashMap<>();
    private final Launched launched;
    private final URI gate;
    private final String administratorsPassword;

    private RunningPlatform(Launched launched, URI gate, String password) {
        this.launched = launched;
        this.gate = gate;
        this.administratorsPassword = password;
        emails.put(ADMINISTRATOR, "admin@sluice.local");
        tokens.put(ADMINISTRATOR, signIn("admin@sluice.local", password));
    }

    private static HttpRequest.BodyPublisher runnable() {
        try {
            return BodyPublishers.ofFile(Path.of("../model-service/src/test/models/letters.onnx"));
        } catch (FileNotFoundException missing) {
            throw new UncheckedIOException(missing);
        }
    }

    static RunningPlatform in(Path temporary) throws IOException {
        Path data = temporary.resolve("data");
        String port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = Integer.toString(socket.getLocalPort());
        }
        Launched launched = Launched.with("--port", port, "--data", data.toString(), "--embedded");
        launched.saidUntil("Ctrl-C stops it.");
        return new RunningPlatform(
                launched,
                URI.create("http://127.0.0.1:" + port),
                Files.readString(data.resolve("admin-password")).strip());
    }

    @Override
    public void close() {
        launched.close();
    }

    /** A project with everything in it, and an organization with everything in it, of somebody else; ids by variable. */
    Map<String, String> things() {
        Map<String, String> things = new HashMap<>();
        String other = "other-" + UUID.randomUUID() + "@example.org";
        things.put("email", other);
        things.put("memberId", other);
        things.put("userId", email(MAKER));
        things.put("file", "index.html");
        things.put("goingId", email("going-" + UUID.randomUUID()));
        things.put("sessionId", "0123456789abcdef01234567");
        things.put("apiKeyId", "0123456789abcdef01234567");
        make(things, "orgId", "/orgs", "{\"name\": \"organization\"}");
        make(things, "homeOrgId", "/orgs", "{\"name\": \"home\"}");
        make(things, "groupId", "/groups", "{\"name\": \"group\", \"orgId\": \"{orgId}\"}");
        make(things, "subGroupId", "/groups", "{\"name\": \"subgroup\", \"orgId\": \"{orgId}\"}");
        make(things, "homeGroupId", "/groups", "{\"name\": \"group\", \"orgId\": \"{homeOrgId}\"}");
        done(MAKER, "POST", "/orgs/{orgId}/members", "{\"emails\": [\"{memberId}\"], \"role\": \"worker\"}", things);
        make(things, "projectId", "/projects", "{\"name\": \"{new}\"}");
        things.put("projectName", "no-project-has-this-name");
        done(MAKER, "POST", "/projects/{projectId}/members/{email}", "{\"role\": \"engineer\"}", things);
        JsonNode dataset = make(
                things,
                "datasetId",
                "/datasets",
                "{\"name\": \"{new}\", \"projects\": [\"{projectId}\"], \"createDefaultRecipe\": true}");
        things.put(
                "recipeId",
                dataset.path("metadata").path("system").path("recipes").get(0).stringValue());
        things.put(
                "ontologyId",
                done(MAKER, "GET", "/recipes/{recipeId}", "", things)
                        .path("ontologyIds")
                        .get(0)
                        .stringValue());
        make(things, "secondRecipeId", "/recipes", "{\"projectIds\": [\"{projectId}\"]}");
        make(things, "secondOntologyId", "/ontologies", "{\"projectIds\": [\"{projectId}\"]}");
        things.put(
                "labelId",
                done(MAKER, "POST", "/ontologies/{ontologyId}/labels", LABELS, things)
                        .path(0)
                        .path("id")
                        .stringValue());
        make(things, "attributeId", "/ontologies/{ontologyId}/attributes", ATTRIBUTE);
        make(things, "structureId", "/ontologies/{ontologyId}/structures", STRUCTURE);
        make(things, "botId", "/projects/{projectId}/bots", "{\"name\": \"bot\"}");
        make(things, "directoryId", "/datasets/{datasetId}/items", "{\"type\": \"dir\", \"path\": \"/directory\"}");
        things.put("itemId", upload(things, "first.txt"));
        things.put("secondItemId", upload(things, "second.txt"));
        for (String annotation : List.of("annotationId", "secondAnnotationId", "thirdAnnotationId")) {
            make(things, annotation, "/items/{itemId}/annotations", ANNOTATION);
        }
        things.put("featureSetId", first(done(MAKER, "POST", "/features/sets", FEATURE_SET, things)));
        things.put("featureVectorId", first(done(MAKER, "POST", "/features/vectors", VECTOR, things)));
        make(things, "modelId", "/ml/models", CLASSIFIER);
        make(things, "secondModelId", "/ml/models", MODEL);
        make(things, "embedderId", "/ml/models", EMBEDDER);
        for (String model : List.of("modelId", "embedderId")) {
            done(MAKER, "PUT", "/ml/models/{" + model + "}/artifact", "", things);
        }
        make(things, "serviceId", "/ml/models/{modelId}/deploy", "{}");
        make(things, "executionId", "/ml/models/{modelId}/predict", ABOUT_ITEM);
        done(MAKER, "POST", "/ml/metrics/publish", METRIC, things);
        things.put(
                "metricId",
                done(MAKER, "POST", "/ml/metrics/query", IN_PROJECT, things)
                        .at("/items/0/id")
                        .stringValue());
        things.put("version", "1");
        things.put("dpkName", "dpk");
        things.put("dpkVersion", "1.0.0");
        make(things, "dpkId", "/app-registry", DPK);
        make(things, "appId", "/apps", APP);
        make(things, "secondDpkId", "/app-registry", DPK.replace("{dpkName}", "not installed"));
        things.put("commandId", command(things));
        make(
                things,
                "settingId",
                "/settings",
                "{\"name\": \"{new}\", \"valueType\": \"string\", \"settingType\": \"user_settings\","
                        + " \"scope\": {\"type\": \"user\", \"id\": \"{userId}\"}}");
        done(MAKER, "POST", "/items/{itemId}/revisions", FORM, things);
        things.put(
                "number",
                done(MAKER, "GET", "/items/{itemId}/revisions", "", things)
                        .path(0)
                        .path("number")
                        .toString());
        make(things, "exportId", "/datasets/{datasetId}/export/v3", "{\"mode\": \"full\"}");
        things.put("collectionName", "sheep");
        done(MAKER, "POST", "/datasets/{datasetId}/items/collections", "{\"name\": \"{collectionName}\"}", things);
        return things;
    }

    void delete(Map<String, String> things) {
        done(MAKER, "DELETE", "/projects/{projectId}", "", things);
        done(MAKER, "DELETE", "/orgs/{orgId}", "", things);
    }

    /** The same, but no id is one. */
    Map<String, String> malformed(Map<String, String> things) {
        Map<String, String> malformed = new HashMap<>(things);
        malformed.replaceAll((variable, id) -> variable.endsWith("Id") ? "not$an.id" : id);
        malformed.put("memberId", things.get("memberId"));
        malformed.put("userId", things.get("userId"));
        return malformed;
    }

    void joinProject(String person, Role role, Map<String, String> things) {
        Map<String, String> with = with(things, "person", email(person));
        done(MAKER, "POST", "/projects/{projectId}/members/{person}", "{\"role\": \"" + role.wireName() + "\"}", with);
        done(MAKER, "POST", "/orgs/{homeOrgId}/members", "{\"emails\": [\"{person}\"], \"role\": \"member\"}", with);
    }

    void joinOrganization(String person, OrganizationRole role, Map<String, String> things) {
        done(
                MAKER,
                "POST",
                "/orgs/{orgId}/members",
                "{\"emails\": [\"{person}\"], \"role\": \"" + role.wireName() + "\"}",
                with(things, "person", email(person)));
    }

    /** What the gate answers to that person. */
    int status(String person, Operation operation, Map<String, String> things) {
        Map<String, String> meant = new HashMap<>(things);
        ELSEWHERE
                .getOrDefault(operation.path(), Map.of())
                .forEach((variable, other) -> meant.put(variable, things.get(other)));
        String path = operation.path() + QUERIES.getOrDefault(operation.name(), "");
        boolean isRead = operation.method().name().equals("GET")
                || operation.method().name().equals("DELETE");
        String body = BODIES.getOrDefault(operation.name(), isRead ? "" : "{}");
        int status = send(person, operation.method().name(), path, body, meant).statusCode();
        // A platform on a busy machine may say "later"; its clients ask again.
        for (int repeats = 0; status == 503 && repeats < MOST_REPEATS; repeats++) {
            status = send(person, operation.method().name(), path, body, meant).statusCode();
        }
        if (ENDS_SESSIONS.contains(operation.path())) {
            tokens.remove(person);
        }
        return status;
    }

    /** What the gate answers to a person who reads. */
    HttpResponse<String> read(
            String person, HttpMethod method, Operation operation, Map<String, String> things, String... headers) {
        Map<String, String> meant = new HashMap<>(things);
        ELSEWHERE
                .getOrDefault(operation.path(), Map.of())
                .forEach((variable, other) -> meant.put(variable, things.get(other)));
        String path = operation.path() + QUERIES.getOrDefault(operation.name(), "");
        return send(person, method.name(), path, "", meant, headers);
    }

    private JsonNode make(Map<String, String> things, String variable, String path, String body) {
        JsonNode made = done(MAKER, "POST", path, body, things);
        things.put(variable, made.path("id").stringValue());
        return made;
    }

    private static String first(JsonNode made) {
        return made.path(0).path("id").stringValue();
    }

    private JsonNode done(String person, String method, String path, String body, Map<String, String> things) {
        HttpResponse<String> response = send(person, method, API + path, body, things);
        if (response.statusCode() / 100 != 2) {
            throw new IllegalStateException(method + " " + path + ": " + response.body());
        }
        return response.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(response.body());
    }

    private static String contentType(String path, String body) {
        if (path.endsWith("/bulk") || path.endsWith("/bulk/check")) {
            return "application/x-ndjson";
        }
        return body.equals(FORM) ? "multipart/form-data; boundary=boundary" : "application/json";
    }

    private HttpResponse<String> send(
            String person, String method, String path, String body, Map<String, String> things, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        gate.resolve(filled(path, things).replace("$", "%24")))
                .timeout(PATIENCE)
                .header("Content-Type", contentType(path, body))
                .method(method, path.endsWith("/artifact") ? RUNNABLE : BodyPublishers.ofString(filled(body, things)));
        if (headers.length > 0) {
            request.headers(headers);
        }
        if (!person.equals("nobody")) {
            request.header("Authorization", "Bearer " + token(person));
        }
        return send(request.build());
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (IOException failed) {
            throw new UncheckedIOException(request.toString(), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static String filled(String template, Map<String, String> things) {
        return VARIABLE.matcher(template).replaceAll(found -> Matcher.quoteReplacement(value(found.group(1), things)));
    }

    private static String value(String variable, Map<String, String> things) {
        if (variable.equals("new")) {
            return "new-" + UUID.randomUUID() + "@example.org";
        }
        String value = things.get(variable);
        if (value == null) {
            throw new IllegalStateException("Say in RunningPlatform#things what a {" + variable + "} is");
        }
        return value;
    }

    private String upload(Map<String, String> things, String name) {
        String boundary = "boundary";
        String body = part(boundary, "type", "file")
                + part(boundary, "path", "/" + name)
                + "--boundary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name
                + "\"\r\nContent-Type: text/plain\r\n\r\nbytes\r\n--boundary--\r\n";
        HttpResponse<String> response =
                send(HttpRequest.newBuilder(gate.resolve(filled(API + "/datasets/{datasetId}/items", things)))
                        .timeout(PATIENCE)
                        .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                        .header("Authorization", "Bearer " + token(MAKER))
                        .POST(BodyPublishers.ofString(body))
                        .build());
        return JSON.readTree(response.body()).path("id").stringValue();
    }

    /** One that has ended, or is about to. */
    private String command(Map<String, String> things) {
        HttpResponse<String> response =
                send(HttpRequest.newBuilder(gate.resolve(filled(API + "/datasets/{datasetId}/query", things)))
                        .timeout(PATIENCE)
                        .header("Content-Type", "application/json")
                        .header("Prefer", "respond-async")
                        .header("Authorization", "Bearer " + token(MAKER))
                        .POST(BodyPublishers.ofString("{\"filter\": {\"type\": \"none\"}, \"update\": {}}"))
                        .build());
        return JSON.readTree(response.body()).path("id").stringValue();
    }

    private static String part(String boundary, String name, String value) {
        return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    }

    private String email(String person) {
        return emails.computeIfAbsent(person, name -> {
            String email = name.toLowerCase(Locale.ROOT) + "@example.org";
            done(
                    ADMINISTRATOR,
                    "POST",
                    "/users",
                    "{\"email\": \"{person}\", \"password\": \"" + PASSWORD + "\"}",
                    Map.of("person", email));
            return email;
        });
    }

    private String token(String person) {
        String known = tokens.get(person);
        if (known != null) {
            return known;
        }
        String token = signIn(email(person), person.equals(ADMINISTRATOR) ? administratorsPassword : PASSWORD);
        tokens.put(person, token);
        return token;
    }

    private String signIn(String email, String password) {
        HttpResponse<String> response = send(HttpRequest.newBuilder(gate.resolve("/token?default"))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(
                        Map.of("type", "user_credentials", "username", email, "password", password))))
                .build());
        return JSON.readTree(response.body()).path("id_token").stringValue();
    }

    private static Map<String, String> with(Map<String, String> things, String variable, String value) {
        Map<String, String> more = new HashMap<>(things);
        more.put(variable, value);
        return more;
    }
}
