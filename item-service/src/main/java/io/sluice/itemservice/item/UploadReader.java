package io.sluice.itemservice.item;

import io.sluice.kit.error.Problem;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ReactiveHttpInputMessage;
import org.springframework.http.codec.multipart.PartEvent;
import org.springframework.http.codec.multipart.PartEventHttpMessageReader;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;

/** Takes the parts of a form off the wire, as fast as they are wanted, and gives up on a form that does not get to a part. */
@Component
class UploadReader {

    /** The SDK waits up to 120 s for a part of a slow local file (contract core §13); who is silent for longer is gone. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(150);

    /** What may come before the first part is complete: a first field of the longest kind and something around it. */
    private static final long LONGEST_START = UploadForm.LONGEST_FIELD + 64 * 1024;

    private static final ResolvableType PART_EVENT = ResolvableType.forClass(PartEvent.class);

    private final PartEventHttpMessageReader reader = new PartEventHttpMessageReader();

    UploadReader() {
        reader.setMaxInMemorySize(UploadForm.LONGEST_FIELD);
    }

    Flux<PartEvent> read(ServerHttpRequest request) {
        AtomicBoolean begun = new AtomicBoolean();
        AtomicLong before = new AtomicLong();
        Flux<DataBuffer> body = request.getBody().doOnNext(bytes -> {
            if (!begun.get() && before.addAndGet(bytes.readableByteCount()) > LONGEST_START) {
                DataBufferUtils.release(bytes);
                throw Problem.MALFORMED_REQUEST.with("The form does not get to its first part");
            }
        });
        return reader.read(PART_EVENT, new Body(request.getHeaders(), body), Map.of())
                .doOnNext(part -> begun.set(true))
                .timeout(LONGEST_SILENCE)
                .onErrorMap(
                        TimeoutException.class,
                        silent -> Problem.REQUEST_TIMEOUT.with(
                                "Nothing more of the form came for " + LONGEST_SILENCE.toSeconds() + " s"));
    }

    private record Body(HttpHeaders headers, Flux<DataBuffer> body) implements ReactiveHttpInputMessage {

        @Override
        public HttpHeaders getHeaders() {
            return headers;
        }

        @Override
        public Flux<DataBuffer> getBody() {
            return body;
        }
    }
}
