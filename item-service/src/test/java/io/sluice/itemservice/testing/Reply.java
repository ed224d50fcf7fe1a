package io.sluice.itemservice.testing;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the service answered. */
public record Reply(int status, HttpHeaders headers, byte[] bytes) {

    private static final JsonMapper JSON = new JsonMapper();

    static Reply of(HttpResponse<byte[]> response) {
        return new Reply(response.statusCode(), response.headers(), response.body());
    }

    public JsonNode json() {
        return JSON.readTree(bytes);
    }

    /** A value by its JSON pointer, such as {@code /metadata/system/size}. */
    public JsonNode at(String pointer) {
        return json().at(pointer);
    }

    public String id() {
        return at("/id").asString();
    }

    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    public @Nullable String header(String name) {
        return headers.firstValue(name).orElse(null);
    }

    /** The first field that a problem says is wrong. */
    public String field() {
        return at("/errors/0/field").asString();
    }

    @Override
    public String toString() {
        return status + " " + text();
    }
}
