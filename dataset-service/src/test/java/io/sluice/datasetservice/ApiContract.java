package io.sluice.datasetservice;

import static org.awaitility.Awaitility.await;
import static org.springframework.boot.test.context.SpringBootTest.WebEnvironment.RANDOM_PORT;

import io.sluice.kit.mongo.Indexes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the tests of the API need: a running service with a real database, people, and short words for requests. */
@SpringBootTest(
        classes = DatasetServiceApplication.class,
        webEnvironment = RANDOM_PORT,
        properties = "spring.config.name=dataset-service")
public abstract class ApiContract {

    protected static final Peers PEERS = Peers.shared();

    /** Machines that run tests are busy at times. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void peers(DynamicPropertyRegistry properties) {
        PEERS.register(properties);
    }

    /** As the gateway does: the database must have its indexes first. */
    @BeforeEach
    void waitForTheIndexes(@Autowired Indexes indexes) {
        await().atMost(PATIENCE)
                .until(() -> Objects.requireNonNull(indexes.health().block(PATIENCE))
                        .getStatus()
                        .equals(Status.UP));
    }

    /** A person nobody else in the tests is. */
    protected static String person(String name) {
        return name + "-" + UUID.randomUUID() + "@example.org";
    }

    protected static String unique(String name) {
        return name + " " + UUID.randomUUID();
    }

    /** Without a token. */
    protected WebTestClient anonymous() {
        return WebTestClient.bindToServer()
                .baseUrl(address())
                .responseTimeout(PATIENCE)
                .build();
    }

    protected String address() {
        return "http://127.0.0.1:" + port;
    }

    protected WebTestClient as(String email) {
        return withToken(PEERS.tokens().of(email));
    }

    protected WebTestClient withToken(String token) {
        return anonymous()
                .mutate()
                .defaultHeaders(headers -> headers.setBearerAuth(token))
                .build();
    }

    protected ResponseSpec send(String email, HttpMethod method, String path, Object body) {
        return as(email)
                .method(method)
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange();
    }

    protected ResponseSpec post(String email, String path, Object body) {
        return send(email, HttpMethod.POST, path, body);
    }

    protected ResponseSpec patch(String email, String path, Object body) {
        return send(email, HttpMethod.PATCH, path, body);
    }

    protected ResponseSpec get(String email, String path) {
        return as(email).get().uri(path).exchange();
    }

    protected ResponseSpec delete(String email, String path) {
        return as(email).delete().uri(path).exchange();
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

    protected static String eTag(ResponseSpec response) {
        return Objects.requireNonNull(
                response.returnResult(Void.class).getResponseHeaders().getFirst(HttpHeaders.ETAG));
    }

    /** A project of this owner; answers its id. */
    protected String project(String owner) {
        return json(post(owner, "/api/v1/projects", Map.of("name", unique("project"))))
                .path("id")
                .stringValue();
    }

    /** A dataset with a recipe; answers its id. */
    protected String dataset(String owner, String projectId) {
        return dataset(owner, projectId, unique("dataset"));
    }

    protected String dataset(String owner, String projectId, String name) {
        Map<String, Object> wanted = Map.of("name", name, "projects", List.of(projectId), "createDefaultRecipe", true);
        return json(post(owner, "/api/v1/datasets", wanted)).path("id").stringValue();
    }

    protected void member(String owner, String projectId, String email, String role) {
        post(owner, "/api/v1/projects/" + projectId + "/members/" + email, Map.of("role", role))
                .expectStatus()
                .isOk();
    }
}
