package io.sluice.kit.auth;

import io.sluice.kit.error.Problem;
import java.lang.reflect.Method;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Lets an operation of ours run only when it says for whom it is, and, where that is no matter of a role, only for them.
 * Comes after the choice of the operation and before its arguments are read. What libraries answer (the actuator, the
 * OpenAPI document) is guarded by its path.
 */
class OperationGuard extends RequestMappingHandlerAdapter {

    private static final String OURS = "io.sluice.";

    @Override
    public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
        Method operation = ((HandlerMethod) handler).getMethod();
        OpenTo open = operation.getAnnotation(OpenTo.class);
        if (open != null && open.value() != Audience.ANYBODY) {
            return caller().filter(open.value()::includes)
                    .switchIfEmpty(Mono.error(() -> refused(open.value())))
                    .flatMap(caller -> super.handle(exchange, handler));
        }
        boolean isDeclared = open != null || operation.isAnnotationPresent(Requires.class);
        boolean isOurs = operation.getDeclaringClass().getName().startsWith(OURS);
        return isDeclared || !isOurs
                ? super.handle(exchange, handler)
                : Mono.error(() -> Problem.FORBIDDEN.with("Nobody may do this"));
    }

    private static Mono<Caller> caller() {
        return ReactiveSecurityContextHolder.getContext()
                .mapNotNull(SecurityContext::getAuthentication)
                .mapNotNull(Authentication::getPrincipal)
                .ofType(Caller.class);
    }

    private static ErrorResponseException refused(Audience audience) {
        return Problem.FORBIDDEN.with(
                switch (audience) {
                    case ADMINISTRATOR -> "Only an administrator of the platform may do this";
                    case SERVICE -> "Only another service of the platform may do this";
                    case SIGNED_IN, ANYBODY -> "Only users may do this";
                });
    }
}
