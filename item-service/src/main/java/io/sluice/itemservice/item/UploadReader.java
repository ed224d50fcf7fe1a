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

    /** A field is read whole; one that is too long by less than that is refused by its name. */
    private static final int LONGEST_READ = 4 * UploadForm.LONGEST_FIELD;

    /** What may come before the first part is complete: a first field of the longest kind and something around it. */
    private static final long LONGEST_START = LONGEST_READ + 64 * 1024;

    private static final ResolvableType PART_EVENT = ResolvableType.forClass(PartEvent.class);

    private final PartEventHttpMessageReader reader = new PartEventHttpMessageReader();

    private final Duration longestSilence;

    UploadReader(UploadProperties properties) {
        this.longestSilence = properties.longestSilence();
        reader.setMaxInMemorySize(LONGEST_READ);
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
                .timeout(longestSilence)
                .onErrorMap(
                        TimeoutException.class,
                        silent -> Problem.REQUEST_TIMEOUT.with(
                                "Nothing more of the form came for " + longestSilence.toSeconds() + " s"));
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
