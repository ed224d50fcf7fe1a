package io.sluice.gateway;

import io.sluice.kit.testing.Tokens;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.HttpHeaders;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;

/** A gateway with a stand-in for each service, shared by all tests that need no setting of their own. */
@SpringBootTest(
        classes = GatewayApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"spring.config.name=gateway", "server.address=127.0.0.1"})
public abstract class AtTheGate {

    protected static final StubService AUTH = StubService.start("auth-service");
    protected static final StubService DATASET = StubService.start("dataset-service");
    protected static final StubService ITEM = StubService.start("item-service");
    protected static final StubService MODEL = StubService.start("model-service");
    protected static final Tokens TOKENS = Tokens.start(all -> all.route(request -> true, AUTH::handle));
    protected static final String ANN = TOKENS.of("ann@example.org");

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void services(DynamicPropertyRegistry properties) {
        TOKENS.register(properties, "auth-service");
        properties.add("sluice.services.dataset-service", DATASET::address);
        properties.add("sluice.services.item-service", ITEM::address);
        properties.add("sluice.services.model-service", MODEL::address);
    }

    protected int port() {
        return port;
    }

    protected URI at(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** What reached the service. */
    protected static StubService.Seen seenBy(WebTestClient.RequestHeadersSpec<?> request) {
        return Objects.requireNonNull(request.exchange()
                .expectStatus()
                .isOk()
                .expectBody(StubService.Seen.class)
                .returnResult()
                .getResponseBody());
    }

    /** Somebody without a token. */
    protected WebTestClient stranger() {
        return WebTestClient.bindToServer()
                .baseUrl(at("").toString())
                .responseTimeout(Duration.ofSeconds(60))
                .build();
    }

    /** Somebody who has signed in. */
    protected WebTestClient ann() {
        return stranger()
                .mutate()
                .defaultHeaders(headers -> headers.set(HttpHeaders.AUTHORIZATION, "Bearer " + ANN))
                .build();
    }
}
