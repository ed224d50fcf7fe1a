package io.sluice.kit.edge;

import io.sluice.kit.testing.Tokens;
import java.time.Duration;
import org.hamcrest.Matchers;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRoutes;

/** A service called item-service, without a database, and a client that is signed in. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.config.import=classpath:service-kit.yml",
            "spring.application.name=item-service",
            "spring.autoconfigure.exclude=" + EdgeContract.MONGO
        })
abstract class EdgeContract {

    static final String MONGO = "io.sluice.kit.mongo.MongoConfiguration,"
            + "org.springframework.boot.mongodb.autoconfigure.MongoReactiveAutoConfiguration,"
            + "org.springframework.boot.data.mongodb.autoconfigure.DataMongoReactiveAutoConfiguration,"
            + "org.springframework.boot.data.mongodb.autoconfigure.DataMongoReactiveRepositoriesAutoConfiguration";

    /** Auth-service, and the neighbour dataset-service with its good and bad days. */
    static final Tokens TOKENS = Tokens.start(neighbour -> {
        answer(neighbour, "/things/good", "{\"name\":\"n\",\"size\":1,\"members\":[],\"unknown\":1}");
        answer(neighbour, "/things/garbled", "{\"name\":");
        answer(neighbour, "/things/huge", "{\"name\":\"" + "x".repeat(8 * 1024 * 1024) + "\"}");
        neighbour.get(
                "/things/failing", (request, response) -> response.status(500).send());
        neighbour.get(
                "/things/ended", (request, response) -> response.status(401).send());
    });

    private static void answer(HttpServerRoutes neighbour, String path, String json) {
        neighbour.get(
                path,
                (request, response) -> response.header("Content-Type", MediaType.APPLICATION_JSON_VALUE)
                        .sendString(Mono.just(json))
                        .then());
    }

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void peers(DynamicPropertyRegistry properties) {
        TOKENS.register(properties);
    }

    int port() {
        return port;
    }

    WebTestClient client(String token) {
        return anonymous()
                .mutate()
                .defaultHeaders(headers -> headers.setBearerAuth(token))
                .build();
    }

    WebTestClient ann() {
        return client(TOKENS.of("ann@example.org"));
    }

    WebTestClient anonymous() {
        return WebTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .responseTimeout(Duration.ofSeconds(30))
                .build();
    }

    /** Every failure has this shape (RFC 9457, and the two members that the SDK reads). */
    static WebTestClient.BodyContentSpec assertProblem(ResponseSpec response, int status, String code, String path) {
        return response.expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectHeader()
                .valueEquals("Cache-Control", "no-store")
                .expectHeader()
                .exists("x-request-id")
                .expectBody()
                .jsonPath("$.type")
                .isEqualTo("/problems/" + code)
                .jsonPath("$.title")
                .value(Matchers.not(Matchers.emptyOrNullString()))
                .jsonPath("$.status")
                .isEqualTo(status)
                .jsonPath("$.detail")
                .value(Matchers.not(Matchers.emptyOrNullString()))
                .jsonPath("$.message")
                .value(Matchers.not(Matchers.emptyOrNullString()))
                .jsonPath("$.instance")
                .isEqualTo(path)
                .jsonPath("$.properties")
                .doesNotExist();
    }
}
