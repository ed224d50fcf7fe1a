package io.sluice.gateway.upstream;

import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_REQUEST_URL_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR;
import static org.springframework.cloud.gateway.support.ServerWebExchangeUtils.PRESERVE_HOST_HEADER_ATTRIBUTE;

import io.netty.handler.timeout.ReadTimeoutException;
import io.sluice.kit.error.Problem;
import io.sluice.kit.observation.LogIds;
import io.sluice.kit.replica.Attempt;
import io.sluice.kit.replica.Peer;
import io.sluice.kit.replica.Peers;
import io.sluice.kit.web.RequestShape;
import java.io.IOException;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Sends a request to its service, path and query untouched, and says it in our words when the service fails. */
class UpstreamRouting implements GlobalFilter, Ordered {

    private static final Logger log = LoggerFactory.getLogger(UpstreamRouting.class);
    private static final int RETRY_AFTER_SECONDS = 2;

    /** Doing it twice is doing it once (RFC 9110 §9.2.2). */
    private static final Set<HttpMethod> IDEMPOTENT =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PUT, HttpMethod.DELETE);

    /** The client library collects the body of these before it sends it. */
    private static final Set<HttpMethod> COLLECTED = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.DELETE);

    private final Peers peers;
    private final UpstreamFailures failures;

    UpstreamRouting(Peers peers, UpstreamFailures failures) {
        this.peers = peers;
        this.failures = failures;
    }

    @Override
    public int getOrder() {
        return NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER - 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        Route route = exchange.getRequiredAttribute(GATEWAY_ROUTE_ATTR);
        ServerHttpRequest request = exchange.getRequest();
        // Links in replies start with the address that the client used; HTTP/1.0 does not say it.
        exchange.getAttributes()
                .put(PRESERVE_HOST_HEADER_ATTRIBUTE, request.getHeaders().containsHeader(HttpHeaders.HOST));
        RequestBody body = hasBody(request.getHeaders()) ? new RequestBody(request) : null;
        ServerWebExchange sent =
                body == null ? exchange : exchange.mutate().request(body).build();
        return peers.at(route.getUri())
                .send(
                        attempt -> send(sent, chain, route, attempt),
                        failure -> mayBeRepeated(exchange, body != null && body.isTouched(), failure))
                .onErrorMap(failure -> translate(failure, exchange, route));
    }

    private Mono<Void> send(ServerWebExchange exchange, GatewayFilterChain chain, Route route, Attempt attempt) {
        if (exchange.getAttributes().put(Attempt.ATTRIBUTE, attempt) != null) {
            failures.repeated(route.getId());
            ServerWebExchangeUtils.reset(exchange);
        }
        exchange.getAttributes()
                .put(
                        GATEWAY_REQUEST_URL_ATTR,
                        attempt.at(at(route.getUri(), exchange.getRequest().getURI())));
        return chain.filter(exchange)
                .onErrorMap(failure -> exchange.getResponse().isCommitted()
                        ? new BrokenAnswerException(route.getId(), failure)
                        : failure);
    }

    private static URI at(URI service, URI request) {
        StringBuilder address = new StringBuilder()
                .append(service.getScheme())
                .append("://")
                .append(service.getRawAuthority())
                .append(request.getRawPath());
        if (request.getRawQuery() != null) {
            address.append('?').append(request.getRawQuery());
        }
        return URI.create(address.toString());
    }

    private static boolean hasBody(HttpHeaders headers) {
        return headers.containsHeader(HttpHeaders.TRANSFER_ENCODING) || headers.getContentLength() > 0;
    }

    /**
     * A request may go to another replica when nothing of it has left; and when it has, if doing it twice is doing it once. The
     * body goes on as it comes: once a part of it was read, nobody has it any more.
     */
    private static boolean mayBeRepeated(ServerWebExchange exchange, boolean isBodyTouched, Throwable failure) {
        if (exchange.getResponse().isCommitted() || isBodyTouched) {
            return false;
        }
        return Peer.isBeforeSending(failure)
                || Peer.isLost(failure)
                        && IDEMPOTENT.contains(exchange.getRequest().getMethod());
    }

    private Throwable translate(Throwable failure, ServerWebExchange exchange, Route route) {
        HttpMethod method = exchange.getRequest().getMethod();
        if (failure instanceof BrokenAnswerException) {
            failures.brokenOff(route.getId());
            return failure;
        }
        if (failure instanceof ReadTimeoutException) {
            failures.tookTooLong(route.getId());
            try (LogIds ids = LogIds.of(exchange)) {
                log.warn(
                        "{} took too long for {} {}",
                        route.getId(),
                        method,
                        exchange.getRequest().getPath());
            }
            // The SDK repeats any request after a 504, up to five times; what may have been done must not be repeated.
            return IDEMPOTENT.contains(method)
                    ? Problem.GATEWAY_TIMEOUT.with(route.getId() + " took too long; try again")
                    : Problem.UPSTREAM_TIMEOUT.with(
                            route.getId() + " took too long; see whether it was done before you repeat it");
        }
        if (failure instanceof IOException || failure instanceof TimeoutException) {
            failures.unreachable(route.getId());
            try (LogIds ids = LogIds.of(exchange)) {
                log.warn("{} does not answer: {}", route.getId(), failure.toString());
            }
            return Problem.unavailable(route.getId() + " does not answer at the moment", RETRY_AFTER_SECONDS);
        }
        return failure;
    }

    /**
     * An answer that ended too early. The client must see its connection break: neither the message nor a cause may look
     * like a client that has gone, because Spring would end such an answer as if it were whole.
     */
    private static final class BrokenAnswerException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        BrokenAnswerException(String service, Throwable failure) {
            super(
                    "The answer of " + service + " ended too early ("
                            + failure.getClass().getSimpleName() + ")",
                    null,
                    false,
                    false);
        }
    }

    /**
     * A body on its way. When it ends too early, that is the client's doing and not the service's. Where the client
     * library collects it, it may be as large as one that is read whole.
     */
    private static final class RequestBody extends ServerHttpRequestDecorator {

        private volatile boolean isTouched;

        RequestBody(ServerHttpRequest request) {
            super(request);
        }

        boolean isTouched() {
            return isTouched;
        }

        @Override
        public Flux<DataBuffer> getBody() {
            Flux<DataBuffer> body = super.getBody()
                    .doOnSubscribe(reader -> isTouched = true)
                    .onErrorMap(
                            cause -> Problem.MALFORMED_REQUEST.with("The request ended before its body was complete"));
            return COLLECTED.contains(getMethod()) ? bounded(body) : body;
        }

        private static Flux<DataBuffer> bounded(Flux<DataBuffer> body) {
            AtomicLong read = new AtomicLong();
            return body.handle((buffer, sink) -> {
                if (read.addAndGet(buffer.readableByteCount()) > RequestShape.LARGEST_BODY) {
                    DataBufferUtils.release(buffer);
                    sink.error(Problem.CONTENT_TOO_LARGE.with(
                            "The body of this request may have at most " + RequestShape.LARGEST_BODY + " bytes"));
                } else {
                    sink.next(buffer);
                }
            });
        }
    }
}
