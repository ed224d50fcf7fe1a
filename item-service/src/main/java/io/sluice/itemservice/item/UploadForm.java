package io.sluice.itemservice.item;

import io.sluice.itemservice.content.BlobStore;
import io.sluice.itemservice.content.StagedContent;
import io.sluice.itemservice.form.FormEvent;
import io.sluice.itemservice.form.FormPart;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * The multipart form of an upload (contract core §6.1), read as it comes. The small parts usually precede the file; the
 * other order works, too. The name in the file's own part is never used.
 *
 * <p>What is wrong is told when the form has come to its end: many clients read no answer before they have sent
 * everything, and one that was cut off would not see it (contract core §6.3).
 */
class UploadForm {

    /** As many bytes as one part but the file may have. */
    static final int LONGEST_FIELD = 1024 * 1024;

    private static final int MOST_PARTS = 16;

    /** Who sends more than that in vain is answered before the end. */
    private static final long MOST_IN_VAIN = 64L * 1024 * 1024;

    private static final String FILE = "file";
    private static final TypeReference<Map<String, @Nullable Object>> OBJECT = new TypeReference<>() {};

    private final Map<String, String> fields = new HashMap<>();
    private final JsonMapper json;
    private final BlobStore blobs;
    private JsonObject metadata = JsonObject.EMPTY;
    private @Nullable String description;
    private @Nullable Part part;
    private int parts;
    private BlobStore.@Nullable Writing writing;
    private @Nullable StagedContent staged;
    private boolean fileSeen;
    private @Nullable Throwable refusal;
    private long inVain;

    UploadForm(JsonMapper json, BlobStore blobs) {
        this.json = json;
        this.blobs = blobs;
    }

    /** A part that is being read: a field, or bytes to write, or neither when nobody wants it. */
    private record Part(FormPart head, @Nullable ByteArrayOutputStream field, BlobStore.@Nullable Writing file) {}

    /**
     * Reads all parts.
     *
     * @param isWanted asked when the file begins, with what is known by then; false when its bytes are not needed
     */
    Mono<Void> read(Flux<FormEvent> events, Function<UploadForm, Mono<Boolean>> isWanted) {
        return events.concatMap(event -> taken(event, isWanted), 1)
                .doOnDiscard(FormEvent.class, event -> DataBufferUtils.release(event.content()))
                .then(Mono.defer(() -> refusal == null ? Mono.empty() : Mono.error(refusal)));
    }

    /** Reads all parts without keeping any, for somebody who is refused whatever they send. */
    Mono<Void> refuse(Flux<FormEvent> events, Throwable reason) {
        refusal = reason;
        return read(events, form -> Mono.just(false));
    }

    private Mono<Void> taken(FormEvent event, Function<UploadForm, Mono<Boolean>> isWanted) {
        return Mono.using(event::content, content -> taken(event, content, isWanted), DataBufferUtils::release);
    }

    private Mono<Void> taken(FormEvent event, DataBuffer content, Function<UploadForm, Mono<Boolean>> isWanted) {
        if (refusal != null) {
            inVain += content.readableByteCount();
            return inVain > MOST_IN_VAIN ? Mono.error(refusal) : Mono.empty();
        }
        Mono<Part> current = part == null ? begun(event, isWanted).doOnNext(begun -> part = begun) : Mono.just(part);
        return current.flatMap(known -> added(known, content))
                .then(Mono.defer(() -> event.isLast() ? ended() : Mono.empty()))
                .onErrorResume(failure -> {
                    refusal = failure;
                    return Mono.empty();
                });
    }

    private Mono<Part> begun(FormEvent event, Function<UploadForm, Mono<Boolean>> isWanted) {
        if (++parts > MOST_PARTS) {
            return Mono.error(Problem.VALIDATION_FAILED.with("The form has more than " + MOST_PARTS + " parts"));
        }
        if (!event.part().name().equals(FILE)) {
            return Mono.just(new Part(event.part(), new ByteArrayOutputStream(), null));
        }
        if (fileSeen) {
            return Mono.error(Problem.VALIDATION_FAILED.at(FILE, "came twice; send one request for each file"));
        }
        fileSeen = true;
        return isWanted.apply(this).map(wanted -> {
            writing = wanted ? blobs.begin() : null;
            return new Part(event.part(), null, writing);
        });
    }

    private Mono<Void> added(Part to, DataBuffer content) {
        if (to.file() != null) {
            return to.file().append(content);
        }
        if (to.field() != null) {
            if (to.field().size() + content.readableByteCount() > LONGEST_FIELD) {
                return Mono.error(
                        Problem.CONTENT_TOO_LARGE.at(to.head().name(), "may have at most " + LONGEST_FIELD + " bytes"));
            }
            to.field().writeBytes(copied(content));
        }
        return Mono.empty();
    }

    private static byte[] copied(DataBuffer content) {
        byte[] bytes = new byte[content.readableByteCount()];
        content.read(bytes);
        return bytes;
    }

    private Mono<Void> ended() {
        Part ended = part;
        part = null;
        if (ended == null) {
            return Mono.empty();
        }
        if (ended.file() != null) {
            return ended.file().finish().doOnNext(content -> staged = content).then();
        }
        if (ended.field() != null) {
            keep(ended.head(), ended.field().toByteArray());
        }
        return Mono.empty();
    }

    private void keep(FormPart head, byte[] bytes) {
        String name = head.name();
        String value;
        try {
            value = head.charset().newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException notText) {
            throw Problem.VALIDATION_FAILED.at(
                    name, "must be a text in " + head.charset().name());
        }
        switch (name) {
            case "metadata" -> metadata = metadata(value);
            case "description" -> description = ItemPatch.description(value);
            default -> fields.put(name, value);
        }
    }

    /** The value of any other field; null when it did not come. */
    @Nullable
    String field(String name) {
        return fields.get(name);
    }

    BlobStore.@Nullable Writing writing() {
        return writing;
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
    JsonObject metadata() {
        return metadata;
    }

    /** The part {@code description}; null when there is none. */
    @Nullable
    String description() {
        return description;
    }

    private JsonObject metadata(String text) {
        if (text.isBlank()) {
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
