package io.sluice.itemservice.annotation;

import io.sluice.kit.mongo.JsonObject;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.bson.types.ObjectId;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Copies the annotations of items that were copied. Their ids follow from the copy, so that once more is as good as once. */
@Component
public class AnnotationCopies {

    private static final int BATCH = 500;
    private static final int AT_ONCE = 4;
    private static final String PARENT = "parentId";

    private final Annotations annotations;
    private final AnnotationCounts counts;
    private final Clock clock;

    AnnotationCopies(Annotations annotations, AnnotationCounts counts, Clock clock) {
        this.annotations = annotations;
        this.counts = counts;
        this.clock = clock;
    }

    /**
     * Copies all annotations of items.
     *
     * @param datasetId where the copies are
     * @param copies the copy of each item, by the id of the original
     * @param by who has asked for it
     */
    public Mono<Void> copy(String datasetId, Map<String, String> copies, String by) {
        return copies.isEmpty()
                ? Mono.empty()
                : counts.around(
                        datasetId,
                        copies.values(),
                        Flux.fromIterable(copies.entrySet())
                                .flatMap(copied -> copy(copied.getKey(), copied.getValue(), datasetId, by), AT_ONCE)
                                .then());
    }

    private Mono<Void> copy(String itemId, String copyId, String datasetId, String by) {
        Instant now = clock.instant();
        return annotations.idsOf(itemId).collectList().flatMap(ids -> {
            Map<String, String> copies = new HashMap<>();
            ids.forEach(id -> copies.put(id, idOf(copyId, copies.size())));
            return annotations
                    .of(itemId)
                    .filter(original -> copies.containsKey(original.id()))
                    .map(original -> original.copiedTo(
                            Objects.requireNonNull(copies.get(original.id())),
                            copyId,
                            datasetId,
                            withParent(original.metadata(), copies),
                            by,
                            now))
                    .buffer(BATCH)
                    .concatMap(annotations::insertMissing, 1)
                    .then();
        });
    }

    /** What belongs to another annotation of the item belongs to the copy of that. */
    private static JsonObject withParent(JsonObject metadata, Map<String, String> copies) {
        JsonObject system = metadata.object(Annotation.SYSTEM);
        return system.members().get(PARENT) instanceof String parent && copies.containsKey(parent)
                ? metadata.with(Annotation.SYSTEM, system.with(PARENT, copies.get(parent)))
                : metadata;
    }

    private static String idOf(String copyId, int number) {
        ByteBuffer id = ByteBuffer.allocate(12).putInt(new ObjectId(copyId).getTimestamp());
        id.put(digest(copyId), 0, 5);
        id.put((byte) (number >>> 16)).put((byte) (number >>> 8)).put((byte) number);
        return new ObjectId(id.array()).toHexString();
    }

    /** The id of what a command makes of an item. */
    static String idOf(String commandId, String itemId) {
        ByteBuffer id = ByteBuffer.allocate(12).putInt(new ObjectId(commandId).getTimestamp());
        id.put(digest(commandId, itemId), 0, 8);
        return new ObjectId(id.array()).toHexString();
    }

    private static byte[] digest(String... ids) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String id : ids) {
                digest.update(new ObjectId(id).toByteArray());
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
