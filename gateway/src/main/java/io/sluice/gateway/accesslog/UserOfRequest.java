package io.sluice.gateway.accesslog;

import io.sluice.kit.auth.Caller;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Notes for the access log who was let in; runs right after that was found out. */
@Component
@Order(0)
class UserOfRequest implements WebFilter {

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return ReactiveSecurityContextHolder.getContext()
                .doOnNext(context -> note(exchange, context.getAuthentication()))
                .then(chain.filter(exchange));
    }

    private static void note(ServerWebExchange exchange, @Nullable Authentication authentication) {
        if (authentication != null && authentication.getPrincipal() instanceof Caller caller) {
            exchange.getAttributes().put(AccessLog.USER, caller.userId());
        }
    }
}
