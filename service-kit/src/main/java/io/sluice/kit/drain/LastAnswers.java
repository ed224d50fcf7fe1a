package io.sluice.kit.drain;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Tells those who are still connected to a process that is stopping to send their next request elsewhere: each answer is
 * the last of its connection (RFC 9112 §9.6). In HTTP/2 the server underneath says it in its own way.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class LastAnswers implements WebFilter {

    private final ApplicationAvailability availability;

    LastAnswers(ApplicationAvailability availability) {
        this.availability = availability;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        exchange.getResponse()
                .beforeCommit(() -> Mono.fromRunnable(() -> {
                    if (availability.getReadinessState() == ReadinessState.REFUSING_TRAFFIC) {
                        exchange.getResponse().getHeaders().set(HttpHeaders.CONNECTION, "close");
                    }
                }));
        return chain.filter(exchange);
    }
}
