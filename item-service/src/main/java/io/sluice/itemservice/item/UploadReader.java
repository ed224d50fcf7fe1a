package io.sluice.itemservice.item;

import io.sluice.itemservice.form.FormEvent;
import io.sluice.itemservice.form.FormParser;
import io.sluice.kit.error.Problem;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Takes the parts of a form off the wire, as fast as they are wanted, and gives up on a form that does not get to a part. */
@Component
class UploadReader {

    /** What may come before the first part. */
    private static final long LONGEST_START = 64 * 1024;

    private final Duration longestSilence;

    UploadReader(UploadProperties properties) {
        this.longestSilence = properties.longestSilence();
    }

    Flux<FormEvent> read(ServerHttpRequest request) {
        return Flux.defer(() -> {
            FormParser parser = FormParser.of(request.getHeaders().getContentType());
            AtomicBoolean begun = new AtomicBoolean();
            AtomicLong before = new AtomicLong();
            return request.getBody()
                    .doOnNext(bytes -> {
                        if (!begun.get() && before.addAndGet(bytes.readableByteCount()) > LONGEST_START) {
                            DataBufferUtils.release(bytes);
                            throw Problem.MALFORMED_REQUEST.with("The form does not get to its first part");
                        }
                    })
                    .concatMapIterable(parser::parse, 1)
                    .doOnNext(part -> begun.set(true))
                    .concatWith(Mono.fromRunnable(parser::end))
                    .timeout(longestSilence)
                    .onErrorMap(
                            TimeoutException.class,
                            silent -> Problem.REQUEST_TIMEOUT.with(
                                    "Nothing more of the form came for " + longestSilence.toSeconds() + " s"));
        });
    }
}
