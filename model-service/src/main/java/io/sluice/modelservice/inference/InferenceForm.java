package io.sluice.modelservice.inference;

import io.sluice.kit.error.Problem;
import io.sluice.modelservice.tensor.InferenceReader;
import io.sluice.modelservice.tensor.InferenceRequest;
import io.sluice.modelservice.tensor.InvalidTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ReactiveHttpInputMessage;
import org.springframework.http.codec.multipart.FormPartEvent;
import org.springframework.http.codec.multipart.PartEvent;
import org.springframework.http.codec.multipart.PartEventHttpMessageReader;
import org.springframework.util.FastByteArrayOutputStream;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A form that asks a model: either with one file, {@code input} or {@code image}, or with {@code request}, the JSON of the
 * Open Inference Protocol v2, and a part of its name for each of its inputs that has no {@code data} there.
 */
final class InferenceForm {

    private static final String REQUEST = "request";
    private static final Set<String> FILES = Set.of("input", "image");

    /** As many tensors as a request may have, and the request itself. */
    private static final int MOST_PARTS = 1_001;

    private static final ResolvableType PART_EVENT = ResolvableType.forClass(PartEvent.class);

    /** Bytes by names. */
    private final Map<String, byte[]> parts = new LinkedHashMap<>();

    /** Of the part that is coming. */
    private FastByteArrayOutputStream bytes = new FastByteArrayOutputStream();

    private @Nullable ErrorResponseException refusal;

    private InferenceForm() {}

    /**
     * Takes the parts off the wire.
     *
     * @param body bounded: all of it is kept
     * @param largest that one part may have
     */
    static Mono<InferenceForm> read(HttpHeaders headers, Flux<DataBuffer> body, int largest) {
        PartEventHttpMessageReader reader = new PartEventHttpMessageReader();
        reader.setMaxInMemorySize(largest);
        reader.setMaxParts(MOST_PARTS);
        return Mono.defer(() -> {
            InferenceForm form = new InferenceForm();
            return reader.read(PART_EVENT, new Body(headers, body), Map.of())
                    .doOnNext(form::take)
                    .doOnDiscard(PartEvent.class, event -> DataBufferUtils.release(event.content()))
                    .then(Mono.defer(() -> form.refusal == null ? Mono.just(form) : Mono.error(form.refusal)));
        });
    }

    /** What is wrong is told at the end: many clients read no answer before they have sent everything. */
    private void take(PartEvent event) {
        try {
            if (refusal == null) {
                keep(event);
            }
        } catch (ErrorResponseException wrong) {
            refusal = wrong;
            parts.clear();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        } finally {
            DataBufferUtils.release(event.content());
        }
    }

    private void keep(PartEvent event) throws IOException {
        bytes.write(event instanceof FormPartEvent text ? bytesOf(text) : copied(event.content()));
        if (event.isLast()) {
            if (parts.putIfAbsent(event.name(), bytes.toByteArrayUnsafe()) != null) {
                throw Problem.VALIDATION_FAILED.at(event.name(), "came twice");
            }
            bytes = new FastByteArrayOutputStream();
        }
    }

    private static byte[] copied(DataBuffer content) {
        byte[] copy = new byte[content.readableByteCount()];
        content.read(copy);
        return copy;
    }

    /** A text may name another encoding in its headers, and was decoded by it. */
    private static byte[] bytesOf(FormPartEvent text) {
        if (!text.name().equals(REQUEST)) {
            // It was read as a text, which changes bytes that are none.
            throw Problem.VALIDATION_FAILED.at(text.name(), "must be sent with a filename");
        }
        return text.value().getBytes(StandardCharsets.UTF_8);
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

    /** The picture or file that the model is asked about; empty when it is asked with tensors. */
    Optional<byte[]> file() {
        if (parts.containsKey(REQUEST)) {
            return Optional.empty();
        }
        String given = null;
        for (String name : parts.keySet()) {
            if (!FILES.contains(name)) {
                throw Problem.VALIDATION_FAILED.at(
                        name,
                        "is not known: a form has the part input or image, or request and a part for each tensor");
            }
            if (given != null) {
                throw Problem.VALIDATION_FAILED.at(name, "must not be there with " + given);
            }
            given = name;
        }
        if (given == null) {
            throw Problem.VALIDATION_FAILED.at("input", "is missing, and so are image and request");
        }
        return Optional.of(Objects.requireNonNull(parts.get(given)));
    }

    /**
     * The tensors.
     *
     * @throws InvalidTensor with the field or the part that is wrong
     */
    InferenceRequest request(long mostBytes) {
        Map<String, byte[]> tensors = new LinkedHashMap<>(parts);
        return InferenceReader.readParts(Objects.requireNonNull(tensors.remove(REQUEST)), tensors, mostBytes);
    }
}
