package io.sluice.kit.preference;

import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.reactivestreams.Publisher;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * {@code Prefer: return=minimal} and {@code return=representation} (RFC 7240 §4.2), of which the second is what happens
 * anyway. With the first, what was made is answered by 201 with {@code Location} and no body, and what was changed by 204.
 * Other answers, also those of a {@code POST} that makes nothing, are not touched.
 */
@Order(1)
class ReturnPreference implements WebFilter {

    private static final String PREFER = "Prefer";
    private static final String APPLIED = "Preference-Applied";
    private static final Pattern RETURN =
            Pattern.compile("(?:^|,)\\s*(?i:return)\\s*=\\s*\"?(minimal|representation)\"?\\s*(?=[,;]|$)");
    private static final Set<HttpMethod> WRITES = Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH);

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        if (!headers.containsHeader(PREFER)
                || !WRITES.contains(exchange.getRequest().getMethod())) {
            return chain.filter(exchange);
        }
        // The first one counts (RFC 7240 §2).
        Matcher wish = RETURN.matcher(String.join(",", headers.getOrEmpty(PREFER)));
        return wish.find() ? chain.filter(new Preferring(exchange, wish.group(1))) : chain.filter(exchange);
    }

    private static final class Preferring extends ServerWebExchangeDecorator {

        private final ServerHttpResponse response;

        Preferring(ServerWebExchange exchange, String kind) {
            super(exchange);
            this.response = new Preferred(
                    exchange.getResponse(), kind, exchange.getRequest().getMethod());
        }

        @Override
        public ServerHttpResponse getResponse() {
            return response;
        }
    }

    private static final class Preferred extends ServerHttpResponseDecorator {

        private static final String MINIMAL = "minimal";
        private static final String NO_STORE = "no-store";

        private final String kind;
        private final HttpMethod method;

        Preferred(ServerHttpResponse response, String kind, HttpMethod method) {
            super(response);
            this.kind = kind;
            this.method = method;
        }

        @Override
        public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
            HttpStatusCode status = Objects.requireNonNullElse(getStatusCode(), HttpStatus.OK);
            boolean isChange = status.isSameCodeAs(HttpStatus.OK) && method != HttpMethod.POST;
            boolean isDone = isChange || status.isSameCodeAs(HttpStatus.CREATED);
            if (!isDone || isToldOnce()) {
                return super.writeWith(body);
            }
            if (!kind.equals(MINIMAL)) {
                getHeaders().set(APPLIED, "return=" + kind);
                return super.writeWith(body);
            }
            return Flux.from(body).doOnNext(DataBufferUtils::release).then(Mono.defer(() -> {
                if (isChange) {
                    setStatusCode(HttpStatus.NO_CONTENT);
                }
                getHeaders().remove(HttpHeaders.CONTENT_TYPE);
                getHeaders().remove(HttpHeaders.CONTENT_LENGTH);
                getHeaders().set(APPLIED, "return=" + kind);
                return getDelegate().setComplete();
            }));
        }

        /** A secret that nobody may store would be lost for good. */
        private boolean isToldOnce() {
            String caching = getHeaders().getCacheControl();
            return caching != null && caching.contains(NO_STORE);
        }
    }
}
