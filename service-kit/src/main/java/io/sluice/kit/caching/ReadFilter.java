package io.sluice.kit.caching;

import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Makes the answer to every read of the public API one that a cache can deal with: it says whether it may be kept
 * ({@code private, no-cache} unless its operation says something else), and JSON without a tag of its own gets a weak one
 * ({@link TaggedResponse}). Innermost of all filters, so that the tag is of what the operation said.
 */
final class ReadFilter implements WebFilter {

    private static final String INTERNAL = "/internal/";
    private static final String OURS = "io.sluice.";

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        HttpMethod method = exchange.getRequest().getMethod();
        boolean isRead = method == HttpMethod.GET || method == HttpMethod.HEAD;
        if (!isRead || exchange.getRequest().getPath().value().startsWith(INTERNAL)) {
            return chain.filter(exchange);
        }
        exchange.getResponse().beforeCommit(() -> Mono.fromRunnable(() -> sayWhetherToKeep(exchange)));
        return chain.filter(new Read(exchange));
    }

    private static void sayWhetherToKeep(ServerWebExchange exchange) {
        HttpHeaders headers = exchange.getResponse().getHeaders();
        if (isOurs(exchange) && !headers.containsHeader(HttpHeaders.CACHE_CONTROL)) {
            headers.setCacheControl(CacheControl.noCache().cachePrivate());
        }
    }

    /** Whether an operation of this service answers; what is only passed on has said what it has to say. */
    static boolean isOurs(ServerWebExchange exchange) {
        return exchange.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE) instanceof HandlerMethod operation
                && operation.getBeanType().getName().startsWith(OURS);
    }

    private static final class Read extends ServerWebExchangeDecorator {

        private final ServerHttpResponse response;

        Read(ServerWebExchange exchange) {
            super(exchange);
            this.response = new TaggedResponse(exchange);
        }

        @Override
        public ServerHttpResponse getResponse() {
            return response;
        }
    }
}
