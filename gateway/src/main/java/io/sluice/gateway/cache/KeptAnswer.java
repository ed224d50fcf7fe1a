package io.sluice.gateway.cache;

import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Holds the answer of a service apart from what the gateway itself says in the same response, so that it can be kept
 * without that, or another be given in its place.
 */
final class KeptAnswer extends ServerHttpResponseDecorator {

    /** Decides, when the head is there, what becomes of an answer and its body. */
    interface Reader extends BiFunction<KeptAnswer, Publisher<? extends DataBuffer>, Mono<Void>> {}

    private final HttpHeaders headers = new HttpHeaders();
    private final Reader reader;
    private @Nullable HttpStatusCode status;
    private @Nullable HttpHeaders before;

    KeptAnswer(ServerHttpResponse response, Reader reader) {
        super(response);
        this.reader = reader;
    }

    @Override
    public HttpHeaders getHeaders() {
        return headers;
    }

    @Override
    public boolean setStatusCode(@Nullable HttpStatusCode said) {
        status = said;
        return !isCommitted();
    }

    @Override
    public boolean setRawStatusCode(@Nullable Integer said) {
        return setStatusCode(said == null ? null : HttpStatusCode.valueOf(said));
    }

    @Override
    public @Nullable HttpStatusCode getStatusCode() {
        return status;
    }

    @Override
    public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
        return reader.apply(this, body);
    }

    /** A stream without an end is nothing that could be kept. */
    @Override
    public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
        sayHead();
        return getDelegate().writeAndFlushWith(body);
    }

    @Override
    public Mono<Void> setComplete() {
        return writeWith(Flux.empty());
    }

    /** Lets the answer go on as it came. */
    Mono<Void> pass(Publisher<? extends DataBuffer> body) {
        sayHead();
        return getDelegate().writeWith(body);
    }

    /** Again when a first answer broke off before anything of it had left, and the service was asked once more. */
    private void sayHead() {
        HttpHeaders said = getDelegate().getHeaders();
        if (before == null) {
            before = HttpHeaders.copyOf(said);
        } else {
            said.clear();
            said.addAll(before);
        }
        if (status != null) {
            // One that has no name has been set below us already.
            getDelegate().setStatusCode(status);
        }
        said.addAll(headers);
    }
}
