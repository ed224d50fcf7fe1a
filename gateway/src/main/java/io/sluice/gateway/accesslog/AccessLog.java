package io.sluice.gateway.accesslog;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;

import io.sluice.kit.observation.LogIds;
import io.sluice.kit.observation.Trace;
import io.sluice.kit.replica.Attempt;
import io.sluice.kit.web.RequestId;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Writes a line to the logger {@code access} when a request is over: method, path, status, bytes of the body, time, address
 * of the client, request id, user, service, which replica of it and trace, as far as there are any. Never the query or a header, which may hold
 * secrets.
 * Outermost of all but what finds out about the client, so that it sees what the client sees; Netty's own access log knows neither user nor service.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
class AccessLog implements HttpHandlerDecoratorFactory {

    /** The attribute of a request that names its user. */
    static final String USER = AccessLog.class.getName() + ".user";

    private static final Logger log = LoggerFactory.getLogger("access");

    @Override
    public HttpHandler apply(HttpHandler next) {
        return (request, response) -> {
            if (!log.isInfoEnabled()) {
                return next.handle(request, response);
            }
            return Mono.deferContextual(context -> {
                Line line = new Line(request, response, Trace.of(context));
                return next.handle(request, line)
                        .doOnSuccess(done -> line.write())
                        .doOnError(failure -> line.write())
                        .doOnCancel(line::write);
            });
        };
    }

    /** Counts the bytes of the body as they go, and writes the line once. */
    private static final class Line extends ServerHttpResponseDecorator {

        private final ServerHttpRequest request;
        private final @Nullable Trace trace;
        private final long start = System.nanoTime();
        private long bytes;

        /** What a client that leaves does not see; Reactor Netty ends its answer as if it were complete. */
        private boolean isBrokenOff;

        private boolean isWritten;

        Line(ServerHttpRequest request, ServerHttpResponse response, @Nullable Trace trace) {
            super(response);
            this.trace = trace;
            this.request = request;
        }

        void write() {
            if (isWritten) {
                return;
            }
            isWritten = true;
            try (LogIds ids = LogIds.of(getHeaders().getFirst(RequestId.HEADER), trace)) {
                writeLine();
            }
        }

        private void writeLine() {
            HttpStatusCode status = getStatusCode();
            Map<String, Object> attributes = request.getAttributes();
            log.info(
                    "{} {} {}{} {}B {}ms from={} id={} user={} service={}{} trace={}",
                    request.getMethod(),
                    request.getURI().getRawPath(),
                    status == null ? "-" : status.value(),
                    // A client that has all that was announced may leave before we hear that the writing has ended.
                    isBrokenOff && bytes != getHeaders().getContentLength() ? " broken off" : "",
                    bytes,
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start),
                    address(),
                    getHeaders().getFirst(RequestId.HEADER),
                    attributes.getOrDefault(USER, "-"),
                    attributes.get(GATEWAY_ROUTE_ATTR) instanceof Route route ? route.getId() : "-",
                    attributes.get(Attempt.ATTRIBUTE) instanceof Attempt attempt ? " at=" + attempt.authority() : "",
                    trace == null ? "-" : trace.traceId());
        }

        private String address() {
            InetSocketAddress client = request.getRemoteAddress();
            return client == null || client.getAddress() == null
                    ? "-"
                    : client.getAddress().getHostAddress();
        }

        @Override
        public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
            isBrokenOff = true;
            if (body instanceof Mono<? extends DataBuffer> whole) {
                return super.writeWith(whole.doOnSuccess(buffer -> {
                    if (buffer != null) {
                        count(buffer);
                    }
                    complete();
                }));
            }
            return super.writeWith(Flux.from(body).doOnNext(this::count).doOnComplete(this::complete));
        }

        @Override
        public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
            isBrokenOff = true;
            return super.writeAndFlushWith(Flux.from(body)
                    .map(part -> Flux.from(part).doOnNext(this::count))
                    .doOnComplete(this::complete));
        }

        private void count(DataBuffer buffer) {
            bytes += buffer.readableByteCount();
        }

        private void complete() {
            isBrokenOff = false;
        }
    }
}
