package io.sluice.kit.web;

import java.util.UUID;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Gives every request an id, or keeps the one it came with when that is fit for a log line, and says it in the reply.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
public class RequestId implements WebFilter {

    public static final String HEADER = "x-request-id";

    private static final Pattern FIT = Pattern.compile("[A-Za-z0-9._\\-]{1,64}");

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        String given = exchange.getRequest().getHeaders().getFirst(HEADER);
        if (given != null && FIT.matcher(given).matches()) {
            exchange.getResponse().getHeaders().set(HEADER, given);
            return chain.filter(exchange);
        }
        String id = UUID.randomUUID().toString();
        exchange.getResponse().getHeaders().set(HEADER, id);
        return chain.filter(exchange.mutate()
                .request(request -> request.headers(headers -> headers.set(HEADER, id)))
                .build());
    }
}
