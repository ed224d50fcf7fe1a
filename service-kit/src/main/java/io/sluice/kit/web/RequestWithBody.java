package io.sluice.kit.web;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.core.publisher.Flux;

/** A request with another body, or the same one that was read already. */
public final class RequestWithBody extends ServerHttpRequestDecorator {

    private final Flux<DataBuffer> body;

    public RequestWithBody(ServerHttpRequest request, Flux<DataBuffer> body) {
        super(request);
        this.body = body;
    }

    @Override
    public Flux<DataBuffer> getBody() {
        return body;
    }
}
