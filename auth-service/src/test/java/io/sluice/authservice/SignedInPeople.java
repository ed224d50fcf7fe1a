package io.sluice.authservice;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;
import org.springframework.util.MultiValueMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The service with a real database, people who have signed in, and short words for their requests. */
public abstract class SignedInPeople extends RunningAuthService {

    protected static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Map<String, String> TOKENS = new ConcurrentHashMap<>();

    /** An e-mail that nobody else in the tests has, without an account. */
    protected static String stranger(String name) {
        return name + "-" + UUID.randomUUID() + "@example.org";
    }

    /** Somebody with an account. */
    protected String person(String name) {
        String email = stranger(name);
        post(ADMINISTRATOR, "/api/v1/users", Map.of("email", email, "password", PASSWORD, "firstName", name))
                .expectStatus()
                .isCreated();
        return email;
    }

    /** What the service answers to a sign-in. */
    protected ResponseSpec signIn(String email, String password) {
        return auth().signIn(email, password);
    }

    /** A form of somebody who has no token. */
    protected ResponseSpec submit(String path, Map<String, String> form) {
        return auth().http()
                .post()
                .uri(path)
                .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                .bodyValue(MultiValueMap.fromSingleValue(form))
                .exchange();
    }

    protected ResponseSpec send(String email, HttpMethod method, String path, Object body) {
        return send(method, path, token(email), body);
    }

    protected ResponseSpec get(String email, String path) {
        return auth().get(path, token(email));
    }

    protected ResponseSpec post(String email, String path, Object body) {
        return send(email, HttpMethod.POST, path, body);
    }

    protected ResponseSpec patch(String email, String path, Object body) {
        return send(email, HttpMethod.PATCH, path, body);
    }

    protected ResponseSpec delete(String email, String path) {
        return auth().http()
                .delete()
                .uri(path)
                .headers(headers -> headers.setBearerAuth(token(email)))
                .exchange();
    }

    /** With a condition such as {@code If-Match}; what is changed is the name. */
    protected ResponseSpec conditional(String email, HttpMethod method, String path, String condition, String tag) {
        return auth().http()
                .method(method)
                .uri(path)
                .headers(headers -> {
                    headers.setBearerAuth(token(email));
                    headers.set(condition, tag);
                })
                .bodyValue(Map.of("name", "changed"))
                .exchange();
    }

    /** As dataset-service asks. */
    protected ResponseSpec postAsService(String path, Object body) {
        return send(HttpMethod.POST, path, PROJECTS.tokens().service("dataset-service", "auth-service"), body);
    }

    private ResponseSpec send(HttpMethod method, String path, String token, Object body) {
        return auth().http()
                .method(method)
                .uri(path)
                .headers(headers -> headers.setBearerAuth(token))
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange();
    }

    private String token(String email) {
        return email.equals(ADMINISTRATOR)
                ? administrator()
                : TOKENS.computeIfAbsent(email, unknown -> auth().idToken(email, PASSWORD));
    }

    protected static JsonNode json(ResponseSpec response) {
        return Objects.requireNonNull(response.expectStatus()
                .is2xxSuccessful()
                .expectBody(JsonNode.class)
                .returnResult()
                .getResponseBody());
    }

    /** The problem, without the path that it names. */
    protected static JsonNode problem(ResponseSpec response, int status) {
        ObjectNode problem = (ObjectNode) Objects.requireNonNull(response.expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody(JsonNode.class)
                .returnResult()
                .getResponseBody());
        problem.remove("instance");
        return problem;
    }

    /** An organization of this owner; answers its id. */
    protected String organization(String owner) {
        return json(post(owner, "/api/v1/orgs", Map.of("name", "organization")))
                .path("id")
                .stringValue();
    }
}
