package io.sluice.kit.web;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Holds a body back until it is complete, for who must see all of it before its first byte leaves; a larger one goes on in
 * pieces as soon as it is known to be larger.
 *
 * @param most how many bytes are held back
 */
public record WholeBody(long most, DataBufferFactory buffers) {

    /**
     * Gives the body to one of the two. A body that fails before it is complete, or before it is too large, reaches neither.
     *
     * @param whole takes a body that is not too large, and has to release it
     * @param pieces takes a larger one, from its beginning
     */
    public Mono<Void> pass(
            Publisher<? extends DataBuffer> body,
            Function<DataBuffer, Mono<Void>> whole,
            Function<Flux<DataBuffer>, Mono<Void>> pieces) {
        return Flux.defer(() -> {
                    AtomicLong size = new AtomicLong();
                    return Flux.from(body)
                            .cast(DataBuffer.class)
                            .bufferUntil(buffer -> size.addAndGet(buffer.readableByteCount()) > most)
                            .defaultIfEmpty(List.of())
                            .switchOnFirst((first, parts) -> {
                                if (first.isOnError()) {
                                    return Mono.<Void>error(Objects.requireNonNull(first.getThrowable()));
                                }
                                return size.get() > most
                                        ? pieces.apply(parts.concatMapIterable(part -> part))
                                        : parts.next().flatMap(part -> whole.apply(joined(part)));
                            });
                })
                .doOnDiscard(DataBuffer.class, DataBufferUtils::release)
                .then();
    }

    /** What is in a buffer that was handed over; it is released. */
    public static byte[] bytesOf(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    private DataBuffer joined(List<DataBuffer> parts) {
        return switch (parts.size()) {
            case 0 -> buffers.wrap(new byte[0]);
            case 1 -> parts.get(0);
            default -> buffers.join(parts);
        };
    }
}
