package io.sluice.kit.patch;

import io.sluice.kit.web.RequestShape;
import io.sluice.kit.web.WholeBody;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An answer that goes no further: we ask ourselves. */
final class InnerResponse extends AbstractServerHttpResponse {

    private volatile byte[] body = new byte[0];

    InnerResponse(DataBufferFactory buffers) {
        super(buffers, new HttpHeaders());
    }

    /** What was written, at most {@link RequestShape#LARGEST_BODY}. */
    byte[] body() {
        return body;
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // as the framework declares it
    public <T> T getNativeResponse() {
        throw new IllegalStateException("Nothing was sent over a connection");
    }

    @Override
    protected Mono<Void> writeWithInternal(Publisher<? extends DataBuffer> parts) {
        return DataBufferUtils.join(parts, RequestShape.LARGEST_BODY)
                .doOnNext(joined -> body = WholeBody.bytesOf(joined))
                .then();
    }

    @Override
    protected Mono<Void> writeAndFlushWithInternal(Publisher<? extends Publisher<? extends DataBuffer>> parts) {
        return writeWithInternal(Flux.from(parts).concatMap(part -> part));
    }

    @Override
    protected void applyStatusCode() {
        // Read from getStatusCode().
    }

    @Override
    protected void applyHeaders() {
        // Read from getHeaders().
    }

    @Override
    protected void applyCookies() {
        // Nobody is there to get one.
    }
}
