package io.sluice.authservice;

import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import org.bson.Document;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service beside a stand-in for dataset-service, and what its tests have in common. */
@SpringBootTest(
        classes = AuthServiceApplication.class,
        webEnvironment = WebEnvironment.DEFINED_PORT,
        properties = {
            "spring.config.name=auth-service",
            "server.address=127.0.0.1",
            "auth-service.administrator.password=" + RunningAuthService.ADMINISTRATORS_PASSWORD
        })
abstract class RunningAuthService {

    static final String ADMINISTRATORS_PASSWORD = "let the administrator in";
    static final String ADMINISTRATOR = "admin@sluice.local";
    static final String PASSWORD = "correct horse battery";
    static final Projects PROJECTS = new Projects();

    /** A credential that ends is out everywhere within five seconds; the sixth is for a slow machine. */
    static final Duration SOON = Duration.ofSeconds(6);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @LocalServerPort
    private int port;

    @Autowired
    private ReactiveMongoTemplate mongo;

    private AuthClient auth = AuthClient.of(0);

    @DynamicPropertySource
    static void addresses(DynamicPropertyRegistry properties) {
        int own = FreePort.find();
        properties.add("server.port", () -> own);
        properties.add("sluice.services.auth-service", () -> "http://127.0.0.1:" + own);
        PROJECTS.tokens().register(properties, "dataset-service", "item-service");
    }

    @BeforeEach
    void connect() {
        auth = AuthClient.of(port);
        // The port is open before the first administrator is stored.
        await().atMost(Duration.ofSeconds(60))
                .until(() -> auth.http()
                        .get()
                        .uri("/actuator/health/readiness")
                        .exchange()
                        .returnResult(Void.class)
                        .getStatus()
                        .is2xxSuccessful());
    }

    final AuthClient auth() {
        return auth;
    }

    final int port() {
        return port;
    }

    final ReactiveMongoTemplate mongo() {
        return mongo;
    }

    final String administrator() {
        return auth.idToken(ADMINISTRATOR, ADMINISTRATORS_PASSWORD);
    }

    /** The e-mail of a user called Ann Lee who has {@link #PASSWORD}. */
    final String newUser() {
        String email = anyEmail();
        create(email).expectStatus().isCreated();
        return email;
    }

    final WebTestClient.ResponseSpec create(String email) {
        return auth.post(
                "/api/v1/users",
                administrator(),
                Map.of("email", email, "password", PASSWORD, "firstName", "Ann", "lastName", "Lee"));
    }

    static String anyEmail() {
        return "ann-" + UUID.randomUUID() + "@example.org";
    }

    final String tokenOf(String email) {
        return auth.idToken(email, PASSWORD);
    }

    final WebTestClient.ResponseSpec get(String path, String token) {
        return auth.get(path, token);
    }

    final WebTestClient.ResponseSpec post(String path, String token, Object body) {
        return auth.post(path, token, body);
    }

    final WebTestClient.ResponseSpec delete(String path, String token) {
        return auth.http()
                .delete()
                .uri(path)
                .headers(headers -> headers.setBearerAuth(token))
                .exchange();
    }

    final WebTestClient.ResponseSpec patch(String path, String token, Object body) {
        return change(HttpMethod.PATCH, path, token, body);
    }

    final WebTestClient.ResponseSpec change(HttpMethod method, String path, String token, Object body) {
        return auth.http()
                .method(method)
                .uri(path)
                .headers(headers -> headers.setBearerAuth(token))
                .contentType(MediaType.APPLICATION_JSON)
                .bodyValue(body)
                .exchange();
    }

    final Document stored(String collection, String id) {
        return mongo.findById(id, Document.class, collection)
                .blockOptional(PATIENCE)
                .orElseThrow();
    }

    static JsonNode ok(WebTestClient.ResponseSpec response) {
        return AuthClient.json(response.expectStatus().is2xxSuccessful());
    }

    static JsonNode claimsOf(String token) {
        byte[] claims = Base64.getUrlDecoder().decode(token.split("\\.", 3)[1]);
        return new JsonMapper().readTree(new String(claims, StandardCharsets.UTF_8));
    }

    static void expectInvalid(WebTestClient.ResponseSpec response, String field) {
        response.expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.errors[0].field")
                .isEqualTo(field);
    }

    final void isIn(String token) {
        get("/api/v1/users/me", token).expectStatus().isOk();
    }

    final void isOut(String token) {
        get("/api/v1/users/me", token).expectStatus().isUnauthorized();
    }

    final void isSoonOut(String token) {
        await().atMost(SOON)
                .until(() -> get("/api/v1/users/me", token)
                        .returnResult(Void.class)
                        .getStatus()
                        .isSameCodeAs(HttpStatus.UNAUTHORIZED));
    }
}
