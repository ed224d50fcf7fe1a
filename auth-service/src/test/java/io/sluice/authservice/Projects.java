package io.sluice.authservice;

import io.sluice.kit.testing.Tokens;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.json.JsonMapper;

/** Stands in for dataset-service: who is a member of which project, by whose token asks. */
final class Projects {

    private static final JsonMapper JSON = new JsonMapper();

    private final Map<String, Map<String, String>> roles = new ConcurrentHashMap<>();
    private final Tokens tokens = Tokens.start(routes -> routes.get("/internal/access/projects/{id}", this::access)
            .get("/api/v1/projects/{id}/members", this::members)
            .post("/api/v1/projects/{id}/members/{email}", this::add)
            .delete("/internal/memberships/{email}", this::endAll));
    private volatile boolean answers = true;

    Tokens tokens() {
        return tokens;
    }

    void put(String projectId, String email, String role) {
        roles.computeIfAbsent(projectId, id -> new ConcurrentHashMap<>()).put(email, role);
    }

    Map<String, String> membersOf(String projectId) {
        return roles.getOrDefault(projectId, Map.of());
    }

    /** While something runs, nothing can be changed here. */
    void withoutAnswer(Runnable meanwhile) {
        answers = false;
        try {
            meanwhile.run();
        } finally {
            answers = true;
        }
    }

    private Mono<Void> access(HttpServerRequest request, HttpServerResponse response) {
        String role = membersOf(String.valueOf(request.param("id"))).get(callerOf(request));
        return role == null ? response.status(404).send() : json(response, Map.of("role", role));
    }

    private Mono<Void> members(HttpServerRequest request, HttpServerResponse response) {
        List<Map<String, String>> members = membersOf(String.valueOf(request.param("id"))).entrySet().stream()
                .map(member -> Map.of("email", member.getKey(), "role", member.getValue()))
                .toList();
        return json(response, members);
    }

    private Mono<Void> add(HttpServerRequest request, HttpServerResponse response) {
        if (!answers) {
            return response.status(503).send();
        }
        return request.receive().aggregate().asString().flatMap(body -> {
            String role = JSON.readTree(body).path("role").asString();
            put(String.valueOf(request.param("id")), emailIn(request), role);
            return json(response, List.of());
        });
    }

    private Mono<Void> endAll(HttpServerRequest request, HttpServerResponse response) {
        if (!answers || !callerOf(request).equals("auth-service")) {
            return response.status(503).send();
        }
        roles.values().forEach(members -> members.remove(emailIn(request)));
        return response.status(204).send();
    }

    private static String emailIn(HttpServerRequest request) {
        return URLDecoder.decode(String.valueOf(request.param("email")), StandardCharsets.UTF_8);
    }

    private static String callerOf(HttpServerRequest request) {
        String token = Objects.requireNonNull(request.requestHeaders().get("Authorization"));
        byte[] claims = Base64.getUrlDecoder().decode(token.split("\\.", 3)[1]);
        return JSON.readTree(new String(claims, StandardCharsets.UTF_8))
                .path("sub")
                .asString();
    }

    private static Mono<Void> json(HttpServerResponse response, Object body) {
        return response.header("Content-Type", "application/json")
                .sendByteArray(Mono.just(JSON.writeValueAsBytes(body)))
                .then();
    }
}
