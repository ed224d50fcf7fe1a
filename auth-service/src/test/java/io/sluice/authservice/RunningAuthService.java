package io.sluice.authservice;

import static org.awaitility.Awaitility.await;

import io.sluice.authservice.password.CheapHashing;
import io.sluice.kit.testing.FreePort;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;

/** The service beside a stand-in for dataset-service, and users. */
@SpringBootTest(
        classes = AuthServiceApplication.class,
        webEnvironment = WebEnvironment.DEFINED_PORT,
        properties = {
            "spring.config.name=auth-service",
            "server.address=127.0.0.1",
            "auth-service.administrator.password=" + RunningAuthService.ADMINISTRATORS_PASSWORD
        })
@Import(CheapHashing.class)
abstract class RunningAuthService {

    static final String ADMINISTRATORS_PASSWORD = "let the administrator in";
    protected static final String ADMINISTRATOR = "admin@sluice.local";
    static final String PASSWORD = "correct horse battery";
    static final Projects PROJECTS = new Projects();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Map<Integer, String> ADMINISTRATORS = new ConcurrentHashMap<>();

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
        await().atMost(PATIENCE)
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

    protected final ReactiveMongoTemplate mongo() {
        return mongo;
    }

    /** Signed in once for all tests of a process. */
    final String administrator() {
        return ADMINISTRATORS.computeIfAbsent(port, unknown -> auth.idToken(ADMINISTRATOR, ADMINISTRATORS_PASSWORD));
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

    static void expectInvalid(WebTestClient.ResponseSpec response, String field) {
        response.expectStatus()
                .isBadRequest()
                .expectBody()
                .jsonPath("$.errors[0].field")
                .isEqualTo(field);
    }
}
