package io.sluice.kit.web;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Answers {@code If-None-Match: *} on a read by 304 whenever there is something to be read (RFC 9110 §13.1.2); the
 * framework compares entity tags only. Outside of whoever makes tags.
 */
@Order(0)
public class AnyVersion implements WebFilter {

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        HttpMethod method = exchange.getRequest().getMethod();
        boolean isRead = method == HttpMethod.GET || method == HttpMethod.HEAD;
        boolean isAny = ETag.isAny(exchange.getRequest().getHeaders().getOrEmpty(HttpHeaders.IF_NONE_MATCH));
        return chain.filter(isRead && isAny ? new Unchanged(exchange) : exchange);
    }

    private static final class Unchanged extends ServerWebExchangeDecorator {

        Unchanged(ServerWebExchange exchange) {
            super(exchange);
        }

        @Override
        public boolean checkNotModified(@Nullable String etag, Instant lastModified) {
            if (etag == null) {
                // Who has no tag yet may still get one of what is written.
                return super.checkNotModified(null, lastModified);
            }
            getResponse().getHeaders().setETag(etag);
            getResponse().setStatusCode(HttpStatus.NOT_MODIFIED);
            return true;
        }

        @Override
        public boolean checkNotModified(String etag) {
            return checkNotModified(etag, Instant.MIN);
        }
    }
}
