package io.sluice.kit.observation;

import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.HttpHandlerDecoratorFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * Finds out what trace a request belongs to, and tells observers when it is over. Outermost, so that it counts what the client
 * waits for; and the first of the filters, since only they know what the request turns out to ask for.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RequestObservation implements HttpHandlerDecoratorFactory, WebFilter {

    private final List<RequestObserver> observers;
    private final double sampling;

    /** @param sampling the part of new traces that is to be collected, 0 to 1 */
    RequestObservation(List<RequestObserver> observers, double sampling) {
        this.observers = observers;
        this.sampling = sampling;
    }

    @Override
    public HttpHandler apply(HttpHandler next) {
        return (request, response) -> observe(request, response, next);
    }

    private Mono<Void> observe(ServerHttpRequest request, ServerHttpResponse response, HttpHandler next) {
        Trace trace = Trace.of(request.getHeaders(), sampling);
        ObservedRequest observed = new ObservedRequest(request.getMethod(), response, trace);
        Mono<Void> answer = next.handle(request, response);
        if (!observers.isEmpty()) {
            observers.forEach(RequestObserver::begun);
            answer = answer.doFinally(signal -> {
                observed.end(signal == SignalType.CANCEL);
                observers.forEach(observer -> observer.ended(observed));
            });
        }
        return answer.contextWrite(context -> context.put(Trace.class, trace).put(ObservedRequest.class, observed));
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return Mono.deferContextual(context -> {
            ObservedRequest observed = context.getOrDefault(ObservedRequest.class, null);
            if (observed != null) {
                observed.isAbout(exchange.getAttributes());
                observed.trace().noteIn(exchange);
            }
            return chain.filter(exchange);
        });
    }
}
