package io.sluice.kit.docs;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;

/** The failures and headers that are the same everywhere: each once, to be referred to. */
final class CommonAnswers {

    private static final String PROBLEM = "Problem";
    private static final String JSON_PATCH = "JsonPatch";
    private static final String SCHEMA = "#/components/schemas/" + PROBLEM;

    private static final Map<Integer, String> FAILURES = new TreeMap<>(Map.ofEntries(
            Map.entry(400, "Something in the request cannot be read or is not allowed; `errors` names the fields"),
            Map.entry(401, "No token, or one that is not valid, or no longer"),
            Map.entry(403, "The caller may see this, but not do it; or the token was narrowed and does not reach it"),
            Map.entry(404, "There is no such thing, or none that the caller may know of"),
            Map.entry(405, "What the path names is something else, which cannot do this; `Allow` says what it can"),
            Map.entry(406, "It is to be had in none of the forms that `Accept` names"),
            Map.entry(408, "The body took too long to arrive"),
            Map.entry(
                    409,
                    "It exists already, was changed meanwhile, or the same `Idempotency-Key` is being carried out"),
            Map.entry(412, "`If-Match` names another version than there is"),
            Map.entry(413, "The body is too large"),
            Map.entry(415, "The body is of a type that is not taken here; `Accept` says which are"),
            Map.entry(416, "There is nothing of the range"),
            Map.entry(422, "The query is not possible, or the `Idempotency-Key` stands for another request"),
            Map.entry(428, "A JSON Patch without `If-Match` and without a test as its first operation"),
            Map.entry(429, "More requests than allowed; `Retry-After` says when there is room again"),
            Map.entry(500, "A failure of the platform; its log has more under the id of the request"),
            Map.entry(
                    503, "A part of the platform does not answer at the moment; `Retry-After` says when to try again"),
            Map.entry(504, "A part of the platform did not answer in time"),
            Map.entry(507, "There is no room left")));

    private static final Map<String, Header> HEADERS = new LinkedHashMap<>();

    static {
        header("X-Request-Id", "The id of the request, as in the log", "6f3c1c0e-8a51-4bb6-a7a6-0a6ad2b7d6f1");
        header(
                "RateLimit",
                "What is left of the caller's limit (draft-ietf-httpapi-ratelimit-headers)",
                "\"read\";r=9999;t=1");
        header("RateLimit-Policy", "The limit: `q` requests in `w` seconds", "\"read\";q=10000;w=10");
        header("Link", "Where it belongs (RFC 8288)", "</api/v1/docs/openapi.json>; rel=\"describedby\"");
        header("ETag", "The version of what was answered, for `If-None-Match` and `If-Match`", "\"aGVsbG8gd29ybGQ\"");
        header("Cache-Control", "Who may keep the answer, and for how long (RFC 9111)", "no-cache, private");
        header("Vary", "What else than its address the answer depends on", "Accept");
        header("Location", "Where the new thing is", "/api/v1/items/692000000000000000000001");
        header("Idempotency-Replayed", "`true`: this is the answer of the first time", "true");
        header("Retry-After", "Seconds after which to try again", "2");
        header("WWW-Authenticate", "How to prove who one is", "Bearer");
        header("Allow", "What can be done there", "GET, HEAD, OPTIONS");
        header("Accept", "What types are taken", "application/json, application/xml");
        header("Content-Range", "How many bytes there are", "bytes */1843");
    }

    private CommonAnswers() {}

    static void addTo(Components components) {
        components.addSchemas(PROBLEM, problem());
        components.addSchemas(JSON_PATCH, patch());
        HEADERS.forEach(components::addHeaders);
        FAILURES.forEach((status, description) -> components.addResponses(name(status), failure(status, description)));
    }

    static Schema<?> jsonPatch() {
        return new Schema<>().$ref("#/components/schemas/" + JSON_PATCH);
    }

    static ApiResponse failure(int status) {
        return new ApiResponse().$ref("#/components/responses/" + name(status));
    }

    static Header header(String name) {
        return new Header().$ref("#/components/headers/" + name);
    }

    private static void header(String name, String description, String example) {
        HEADERS.put(
                name,
                new Header().description(description).schema(new StringSchema()).example(example));
    }

    /** {@code NotFound} for 404. */
    private static String name(int status) {
        return Arrays.stream(HttpStatus.valueOf(status).name().split("_"))
                .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
    }

    private static ApiResponse failure(int status, String description) {
        MediaType problem = new MediaType().schema(new Schema<>().$ref(SCHEMA));
        ApiResponse failure = new ApiResponse()
                .description(description)
                .content(new Content()
                        .addMediaType("application/problem+json", problem)
                        .addMediaType("application/problem+xml", problem))
                .addHeaderObject("X-Request-Id", header("X-Request-Id"))
                .addHeaderObject("Cache-Control", header("Cache-Control"));
        switch (status) {
            case 401 -> failure.addHeaderObject("WWW-Authenticate", header("WWW-Authenticate"));
            case 405 -> failure.addHeaderObject("Allow", header("Allow"));
            case 409, 429, 503 -> failure.addHeaderObject("Retry-After", header("Retry-After"));
            case 415 -> failure.addHeaderObject("Accept", header("Accept"));
            case 416 -> failure.addHeaderObject("Content-Range", header("Content-Range"));
            default -> {}
        }
        return failure;
    }

    private static Schema<?> patch() {
        return new ArraySchema()
                .items(new ObjectSchema()
                        .addProperty("op", enumerated("What to do", "add", "remove", "replace", "move", "copy", "test"))
                        .addProperty("path", text("Where, as a JSON Pointer"))
                        .addProperty("from", text("From where, for move and copy"))
                        .addProperty("value", new Schema<>().description("For add, replace and test"))
                        .required(List.of("op", "path")))
                .description("Changes of what GET shows (RFC 6902)");
    }

    private static Schema<?> problem() {
        return new ObjectSchema()
                .description("A failure (RFC 9457)")
                .addProperty("type", text("Which kind of problem: /problems/<code>"))
                .addProperty("title", text("The kind of problem in words"))
                .addProperty("status", new IntegerSchema().description("The HTTP status"))
                .addProperty("detail", text("What was wrong this time, for people"))
                .addProperty("message", text("The same as detail, where the SDK looks for it"))
                .addProperty("instance", text("The path of the request"))
                .addProperty(
                        "errors",
                        new ArraySchema()
                                .items(new ObjectSchema()
                                        .addProperty("field", text("Where in the request"))
                                        .addProperty("message", text("What would be right")))
                                .description("Every field that is wrong, where fields are"))
                .required(List.of("type", "title", "status", "message"))
                .example(Map.of(
                        "type", "/problems/not-found",
                        "title", "Not found",
                        "status", 404,
                        "detail", "No item 692000000000000000000001",
                        "message", "No item 692000000000000000000001",
                        "instance", "/api/v1/items/692000000000000000000001"));
    }

    private static Schema<?> enumerated(String description, String... values) {
        StringSchema text = text(description);
        text.setEnum(List.of(values));
        return text;
    }

    private static StringSchema text(String description) {
        StringSchema text = new StringSchema();
        text.setDescription(description);
        return text;
    }
}
