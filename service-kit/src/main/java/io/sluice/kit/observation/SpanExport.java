package io.sluice.kit.observation;

import io.netty.buffer.Unpooled;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends the spans of sampled requests to a collector, many at a time, as OTLP over HTTP in JSON. Nobody waits for it: what a
 * collector does not take is lost, and so is what there is no room for.
 */
final class SpanExport implements RequestObserver, SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(SpanExport.class);

    private static final int MOST_WAITING = 4096;
    private static final int AT_ONCE = 512;
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int SERVER_SPAN = 2;
    private static final int FAILED = 2;
    private static final int SERVER_ERROR = 500;

    private final BlockingQueue<Map<String, Object>> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicLong lost = new AtomicLong();
    private final Routes routes;
    private final JsonMapper json;
    private final Clock clock;
    private final Map<String, Object> resource;
    private final HttpClient collector;
    private Disposable sending = Disposables.disposed();

    SpanExport(String endpoint, String service, Routes routes, LoopResources loops, JsonMapper json, Clock clock) {
        this.routes = routes;
        this.json = json;
        this.clock = clock;
        this.resource = Map.of("attributes", List.of(attribute("service.name", service)));
        this.collector = HttpClient.create()
                .runOn(loops)
                .responseTimeout(PATIENCE)
                .headers(headers -> headers.set("Content-Type", "application/json"))
                .baseUrl(endpoint.replaceFirst("/+$", ""));
    }

    @Override
    public void ended(ObservedRequest request) {
        if (request.trace().isSampled() && !waiting.offer(span(request))) {
            lost.incrementAndGet();
        }
    }

    private Map<String, Object> span(ObservedRequest request) {
        String route = request.route(routes);
        Instant end = clock.instant();
        Trace trace = request.trace();
        Map<String, Object> span = new LinkedHashMap<>();
        span.put("traceId", trace.traceId());
        span.put("spanId", trace.spanId());
        if (trace.parentId() != null) {
            span.put("parentSpanId", trace.parentId());
        }
        span.put("name", request.method() + " " + route);
        span.put("kind", SERVER_SPAN);
        span.put("startTimeUnixNano", nanos(end.minusNanos(request.nanos())));
        span.put("endTimeUnixNano", nanos(end));
        List<Object> attributes = new ArrayList<>();
        attributes.add(attribute("http.request.method", request.method().name()));
        attributes.add(attribute("http.route", route));
        attributes.add(Map.of(
                "key", "http.response.status_code", "value", Map.of("intValue", Integer.toString(request.status()))));
        String requestId = request.requestId();
        if (requestId != null) {
            attributes.add(attribute("http.request.id", requestId));
        }
        span.put("attributes", attributes);
        if (request.status() >= SERVER_ERROR) {
            span.put("status", Map.of("code", FAILED));
        }
        return span;
    }

    private static Map<String, Object> attribute(String key, String value) {
        return Map.of("key", key, "value", Map.of("stringValue", value));
    }

    private static String nanos(Instant time) {
        return Long.toString(TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano());
    }

    @Override
    public void start() {
        sending = Flux.interval(EVERY)
                .onBackpressureDrop()
                .concatMap(tick -> sendAll(), 1)
                .subscribe();
    }

    private Mono<Void> sendAll() {
        return Mono.defer(() -> {
                    List<Map<String, Object>> some = new ArrayList<>();
                    waiting.drainTo(some, AT_ONCE);
                    return some.isEmpty() ? Mono.just(false) : send(some).thenReturn(true);
                })
                .repeat()
                .takeWhile(hasSent -> hasSent)
                .then()
                .onErrorResume(failure -> {
                    log.warn("The collector of traces does not take any: {}", failure.toString());
                    return Mono.empty();
                });
    }

    private Mono<Void> send(List<Map<String, Object>> spans) {
        long missing = lost.getAndSet(0);
        if (missing > 0) {
            log.warn("{} spans were not sent, there were too many", missing);
        }
        Map<String, Object> scope = Map.of("scope", Map.of("name", "io.sluice"), "spans", spans);
        Map<String, Object> message =
                Map.of("resourceSpans", List.of(Map.of("resource", resource, "scopeSpans", List.of(scope))));
        byte[] body = json.writeValueAsBytes(message);
        return collector
                .post()
                .uri("/v1/traces")
                .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)))
                .responseSingle((answer, content) -> answer.status().code() / 100 == 2
                        ? content.then()
                        : Mono.<Void>error(new IllegalStateException("it answers " + answer.status())))
                .timeout(PATIENCE);
    }

    @Override
    public void stop() {
        sending.dispose();
    }

    @Override
    public boolean isRunning() {
        return !sending.isDisposed();
    }
}
