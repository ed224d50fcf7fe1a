package io.sluice.kit.observation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.web.reactive.HandlerMapping;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class SpanExportTests {

    private static final JsonMapper JSON = new JsonMapper();

    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    @Test
    void sendsSampledRequestsToTheCollector() throws Exception {
        DisposableServer collector = HttpServer.create()
                .host("127.0.0.1")
                .route(routes -> routes.post(
                        "/v1/traces",
                        (request, response) -> request.receive()
                                .aggregate()
                                .asString()
                                .doOnNext(received::add)
                                .then(response.send())))
                .bindNow();
        LoopResources loops = LoopResources.create("test", 1, true);
        SpanExport export = new SpanExport(
                "http://127.0.0.1:" + collector.port() + "/",
                "item-service",
                attributes -> null,
                loops,
                JSON,
                Clock.systemUTC());
        export.ended(request("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"));
        export.ended(request("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));

        export.start();
        JsonNode resource = JSON.readTree(Objects.requireNonNull(received.poll(50, TimeUnit.SECONDS)))
                .path("resourceSpans")
                .path(0);
        export.stop();
        collector.disposeNow();
        loops.dispose();

        JsonNode spans = resource.path("scopeSpans").path(0).path("spans");
        assertThat(resource.path("resource").toString()).contains("service.name", "item-service");
        assertThat(spans).hasSize(1);
        assertThat(spans.path(0).path("traceId").asString()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(spans.path(0).path("parentSpanId").asString()).isEqualTo("00f067aa0ba902b7");
        assertThat(spans.path(0).path("name").asString()).isEqualTo("GET /api/v1/items/{itemId}");
        assertThat(spans.path(0).path("status").path("code").asInt()).isEqualTo(2);
        assertThat(spans.path(0).path("endTimeUnixNano").asString()).matches("\\d{19}");
    }

    private static ObservedRequest request(String parent) {
        HttpHeaders headers = new HttpHeaders();
        headers.set("traceparent", parent);
        MockServerHttpResponse response = new MockServerHttpResponse();
        response.setStatusCode(HttpStatus.SERVICE_UNAVAILABLE);
        ObservedRequest request = new ObservedRequest(HttpMethod.GET, response, Trace.of(headers, 0));
        request.isAbout(Map.of(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, "/api/v1/items/{itemId}"));
        request.end(false);
        return request;
    }
}
