package io.sluice.itemservice.item;

import io.sluice.itemservice.content.BlobStore;
import io.sluice.itemservice.content.StagedContent;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.codec.multipart.FormPartEvent;
import org.springframework.http.codec.multipart.PartEvent;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The multipart form of an upload (contract core §6.1), read as it comes. The small parts usually precede the file; the
 * other order works, too. The name in the file's own part is never used.
 */
class UploadForm {

    /** As long as one part but the file may be. */
    static final int LONGEST_FIELD = 1024 * 1024;

    private static final int MOST_PARTS = 16;
    private static final TypeReference<Map<String, @Nullable Object>> OBJECT = new TypeReference<>() {};

    private final Map<String, String> fields = new HashMap<>();
    private @Nullable StagedContent staged;
    private boolean fileSeen;
    private int parts;

    /**
     * Reads all parts.
     *
     * @param keep called when the file begins, with what is known by then; false when its bytes are not wanted
     */
    Mono<UploadForm> read(Flux<PartEvent> events, BlobStore blobs, Function<UploadForm, Mono<Boolean>> keep) {
        return events.windowUntil(PartEvent::isLast, false, 1)
                .concatMap(
                        part -> part.switchOnFirst((first, all) -> {
                            PartEvent event = first.get();
                            return event == null ? all.then() : part(event, all, blobs, keep);
                        }),
                        1)
                .then(Mono.just(this));
    }

    private Mono<Void> part(
            PartEvent first, Flux<PartEvent> events, BlobStore blobs, Function<UploadForm, Mono<Boolean>> keep) {
        if (++parts > MOST_PARTS) {
            return refuse(events, "The form has more than " + MOST_PARTS + " parts");
        }
        if (!first.name().equals("file")) {
            return first instanceof FormPartEvent ? events.doOnNext(this::field).then() : discard(events);
        }
        if (fileSeen) {
            return refuse(events, "The form has more than one file; send one request for each");
        }
        fileSeen = true;
        Flux<DataBuffer> bytes = events.map(PartEvent::content);
        return keep.apply(this)
                .flatMap(wanted -> wanted
                        ? blobs.stage(bytes)
                                .doOnNext(content -> staged = content)
                                .then()
                        : discard(events));
    }

    private void field(PartEvent event) {
        DataBuffer content = event.content();
        try {
            if (content.readableByteCount() > LONGEST_FIELD) {
                throw Problem.CONTENT_TOO_LARGE.at(event.name(), "may have at most " + LONGEST_FIELD + " bytes");
            }
            ByteBuffer bytes = ByteBuffer.allocate(content.readableByteCount());
            content.toByteBuffer(bytes);
            fields.put(
                    event.name(),
                    StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
        } catch (CharacterCodingException notUtf8) {
            throw Problem.VALIDATION_FAILED.at(event.name(), "must be a text in UTF-8");
        } finally {
            DataBufferUtils.release(content);
        }
    }

    private static Mono<Void> refuse(Flux<PartEvent> events, String detail) {
        return discard(events).then(Mono.error(() -> Problem.VALIDATION_FAILED.with(detail)));
    }

    private static Mono<Void> discard(Flux<PartEvent> events) {
        return events.doOnNext(event -> DataBufferUtils.release(event.content()))
                .then();
    }

    /** The value of a part; null when it did not come. */
    @Nullable
    String field(String name) {
        return fields.get(name);
    }

    /** The bytes; null when no file came or they were not wanted. */
    @Nullable
    StagedContent staged() {
        return staged;
    }

    boolean hasFile() {
        return fileSeen;
    }

    /** The part {@code metadata}; empty when it did not come. */
    JsonObject metadata(JsonMapper json) {
        String text = fields.get("metadata");
        if (text == null || text.isBlank()) {
            return JsonObject.EMPTY;
        }
        try {
            Map<String, @Nullable Object> members = json.readValue(text, OBJECT);
            if (members == null) {
                return JsonObject.EMPTY;
            }
            ItemPatch.requireUserObject(members);
            return new JsonObject(JsonObject.requireStorable("metadata", members));
        } catch (JacksonException notAnObject) {
            throw Problem.VALIDATION_FAILED.at(
                    "metadata", "must be a JSON object: " + notAnObject.getOriginalMessage());
        }
    }
}
