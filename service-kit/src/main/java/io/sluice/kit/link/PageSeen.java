package io.sluice.kit.link;

import io.sluice.kit.paging.Page;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpEntity;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Keeps the page that an operation answers where {@link LinkFilter} finds it, and leaves the rest to whoever would have
 * written the answer anyway.
 */
final class PageSeen implements HandlerResultHandler, Ordered {

    private static final String PAGE = PageSeen.class.getName() + ".page";

    private final SingletonSupplier<List<HandlerResultHandler>> others;

    PageSeen(ObjectProvider<HandlerResultHandler> handlers) {
        this.others = SingletonSupplier.of(() ->
                handlers.orderedStream().filter(handler -> handler != this).toList());
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public boolean supports(HandlerResult result) {
        if (!(result.getReturnValue() instanceof Mono<?>)) {
            return false;
        }
        ResolvableType body = result.getReturnType().getGeneric(0);
        ResolvableType content =
                HttpEntity.class.isAssignableFrom(body.resolve(Object.class)) ? body.getGeneric(0) : body;
        return content.resolve(Object.class) == Page.class;
    }

    @Override
    public Mono<Void> handleResult(ServerWebExchange exchange, HandlerResult result) {
        Mono<?> body = result.getReturnValue() instanceof Mono<?> mono ? mono : Mono.empty();
        HandlerResult seen = new HandlerResult(
                result.getHandler(),
                body.doOnNext(value -> keep(exchange, value)),
                result.getReturnTypeSource(),
                result.getBindingContext());
        return others.obtain().stream()
                .filter(handler -> handler.supports(seen))
                .findFirst()
                .map(handler -> handler.handleResult(exchange, seen))
                .orElseGet(() -> Mono.error(new IllegalStateException("Nobody writes pages")));
    }

    private static void keep(ServerWebExchange exchange, Object value) {
        Object content = value instanceof HttpEntity<?> entity ? entity.getBody() : value;
        if (content instanceof Page<?> page) {
            exchange.getAttributes().put(PAGE, page);
        }
    }

    /** The page that the answer holds; null when it holds something else. */
    static @Nullable Page<?> of(ServerWebExchange exchange) {
        return exchange.getAttributes().get(PAGE) instanceof Page<?> page ? page : null;
    }
}
