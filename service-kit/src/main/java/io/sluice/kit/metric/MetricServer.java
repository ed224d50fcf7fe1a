package io.sluice.kit.metric;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/**
 * Answers {@code GET /metrics} at a port of its own, in the text format of Prometheus, and nothing else. Its one thread is its
 * own, too: when the others have no time, the figures are wanted most.
 */
public final class MetricServer implements SmartLifecycle {

    private static final Duration IDLE = Duration.ofMinutes(2);
    private static final PrometheusTextFormatWriter FORMAT = PrometheusTextFormatWriter.create();

    private final InetSocketAddress address;
    private final List<PrometheusRegistry> registries;
    private @Nullable LoopResources loop;
    private @Nullable DisposableServer server;

    /** @param registries whose figures differ in a label */
    public MetricServer(InetSocketAddress address, List<PrometheusRegistry> registries) {
        this.address = address;
        this.registries = List.copyOf(registries);
    }

    @Override
    public void start() {
        LoopResources own = LoopResources.create("metrics", 1, true);
        loop = own;
        server = HttpServer.create()
                .bindAddress(() -> address)
                .runOn(own)
                .idleTimeout(IDLE)
                .route(routes -> routes.get("/metrics", this::answer))
                .bindNow();
    }

    private Mono<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        return Mono.fromCallable(this::text)
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(text -> response.header(HttpHeaderNames.CONTENT_TYPE, FORMAT.getContentType())
                        .sendByteArray(Mono.just(text))
                        .then());
    }

    private byte[] text() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        FORMAT.write(text, Merged.of(registries), EscapingScheme.DEFAULT);
        return text.toByteArray();
    }

    @Override
    public void stop() {
        if (server != null) {
            server.disposeNow();
            server = null;
        }
        if (loop != null) {
            loop.dispose();
        }
    }

    @Override
    public boolean isRunning() {
        return server != null;
    }
}
