package io.sluice.modelservice.inference;

import io.sluice.kit.error.Problem;
import io.sluice.kit.web.WholeBody;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The bodies of requests, which have to be whole before a model can be asked: bounded each and together. */
@Component
class Bodies {

    private static final int RETRY_AFTER_SECONDS = 1;

    private final InferenceProperties properties;
    private final AtomicLong taken = new AtomicLong();

    Bodies(InferenceProperties properties) {
        this.properties = properties;
    }

    /**
     * Works on a body; its memory is counted until that is over.
     *
     * @return or {@link Problem#CONTENT_TOO_LARGE}, {@link Problem#REQUEST_TIMEOUT}, {@link Problem#UNAVAILABLE}
     */
    <T> Mono<T> with(ServerHttpRequest request, Function<byte[], Mono<T>> work) {
        return read(
                request,
                body -> DataBufferUtils.join(body, largest())
                        .onErrorMap(DataBufferLimitException.class, tooMuch -> tooLarge())
                        .map(WholeBody::bytesOf)
                        .defaultIfEmpty(new byte[0]),
                work);
    }

    /**
     * Works on a form, as {@link #with} on a body.
     *
     * @return {@link Problem#VALIDATION_FAILED} with the part that is wrong
     */
    <T> Mono<T> withForm(ServerHttpRequest request, Function<InferenceForm, Mono<T>> work) {
        return read(request, body -> InferenceForm.read(request.getHeaders(), bounded(body), largest()), work);
    }

    private <B, T> Mono<T> read(
            ServerHttpRequest request, Function<Flux<DataBuffer>, Mono<B>> reader, Function<B, Mono<T>> work) {
        long said = request.getHeaders().getContentLength();
        if (said > largest()) {
            return Mono.error(tooLarge());
        }
        return Mono.using(
                () -> take(said < 0 ? largest() : said),
                mine -> reader.apply(request.getBody()
                                .timeout(properties.longestSilence())
                                .onErrorMap(
                                        TimeoutException.class,
                                        silence -> Problem.REQUEST_TIMEOUT.with("Nothing came of the body for "
                                                + properties.longestSilence().toSeconds() + " s")))
                        .flatMap(work),
                taken -> this.taken.addAndGet(-taken));
    }

    private Flux<DataBuffer> bounded(Flux<DataBuffer> body) {
        return Flux.defer(() -> {
            AtomicLong size = new AtomicLong();
            return body.doOnNext(buffer -> {
                if (size.addAndGet(buffer.readableByteCount()) > largest()) {
                    DataBufferUtils.release(buffer);
                    throw tooLarge();
                }
            });
        });
    }

    private int largest() {
        return (int) properties.largestRequest().toBytes();
    }

    private RuntimeException tooLarge() {
        return Problem.CONTENT_TOO_LARGE.with("A request may have " + largest() + " bytes at most");
    }

    private long take(long size) {
        if (taken.addAndGet(size) > properties.bodies().toBytes()) {
            taken.addAndGet(-size);
            throw Problem.unavailable("Others are sending as much as can be worked on; try again", RETRY_AFTER_SECONDS);
        }
        return size;
    }
}
