package io.sluice.itemservice.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Somebody who talks to the service over HTTP.
 *
 * @param token null to send none
 */
public record Client(int port, @Nullable String token) {

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(120);

    /** @param headers names and values in turn */
    public Reply get(String path, String... headers) {
        return send("GET", path, null, BodyPublishers.noBody(), headers);
    }

    public Reply head(String path, String... headers) {
        return send("HEAD", path, null, BodyPublishers.noBody(), headers);
    }

    public Reply delete(String path, String... headers) {
        return send("DELETE", path, null, BodyPublishers.noBody(), headers);
    }

    public Reply post(String path, Object json, String... headers) {
        return send("POST", path, "application/json", json(json), headers);
    }

    public Reply put(String path, Object json) {
        return send("PUT", path, "application/json", json(json));
    }

    public Reply patch(String path, Object json, String... headers) {
        return send("PATCH", path, "application/json", json(json), headers);
    }

    public Reply postForm(String path, String form) {
        return send("POST", path, "application/x-www-form-urlencoded", BodyPublishers.ofString(form));
    }

    public Reply send(String method, String path, Form form) {
        return send(method, path, form.contentType(), BodyPublishers.ofByteArray(form.bytes()));
    }

    /** Sends a form of an upload as it is. */
    public Reply upload(String datasetId, String mode, Form form) {
        return send(
                "POST",
                "/api/v1/datasets/" + datasetId + "/items?mode=" + mode,
                form.contentType(),
                BodyPublishers.ofByteArray(form.bytes()));
    }

    /** Uploads a file as the SDK does it and insists that it worked. */
    public Reply upload(String datasetId, String path, byte[] bytes) {
        Reply reply = upload(datasetId, "skip", Form.of(path).file(bytes));
        if (reply.status() != 201) {
            throw new AssertionError("The upload was answered " + reply);
        }
        return reply;
    }

    public Reply upload(String datasetId, String path, String text) {
        return upload(datasetId, path, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The reply to {@code POST .../query}. */
    public Reply query(String datasetId, Map<String, ?> query) {
        return post("/api/v1/datasets/" + datasetId + "/query", query);
    }

    public Reply send(String method, String path, @Nullable String contentType, BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(TIMEOUT)
                .method(method, body);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (contentType != null) {
            request.header("Content-Type", contentType);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return Reply.of(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** @param json what to send; a text is JSON already */
    private static BodyPublisher json(Object json) {
        return BodyPublishers.ofString(json instanceof String text ? text : JSON.writeValueAsString(json));
    }
}
