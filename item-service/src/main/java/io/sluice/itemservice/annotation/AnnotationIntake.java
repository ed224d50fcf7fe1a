package io.sluice.itemservice.annotation;

import io.sluice.itemservice.dataset.DatasetLabels;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.error.Problem;
import io.sluice.kit.query.Condition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Stores annotations that come together with their items. Their ids follow from the item and from what they say, so that
 * once more is as good as once.
 */
@Component
public class AnnotationIntake {

    private static final String FIELD = "annotations";

    /** As many annotations of an item as two bytes can number. */
    private static final int MOST_IN_ORDER = 0xffff;

    private final Annotations annotations;
    private final AnnotationCounts counts;
    private final AnnotationProperties properties;
    private final DatasetLabels labels;
    private final Clock clock;

    AnnotationIntake(
            Annotations annotations,
            AnnotationCounts counts,
            AnnotationProperties properties,
            DatasetLabels labels,
            Clock clock) {
        this.annotations = annotations;
        this.counts = counts;
        this.properties = properties;
        this.labels = labels;
        this.clock = clock;
    }

    /**
     * Reads the annotations of an item.
     *
     * @param given a list of objects; null for none
     * @throws org.springframework.web.ErrorResponseException {@link Problem#VALIDATION_FAILED} naming the field, or
     *     {@link Problem#CONTENT_TOO_LARGE}
     */
    public NewAnnotations parse(@Nullable Object given) {
        if (given == null) {
            return NewAnnotations.NONE;
        }
        if (!(given instanceof List<?> all)) {
            throw AnnotationContent.invalid(FIELD, "must be a list");
        }
        if (all.size() > properties.mostAtOnce()) {
            throw Problem.CONTENT_TOO_LARGE.at(
                    FIELD, "may be at most " + properties.mostAtOnce() + "; make the others by further requests");
        }
        return new NewAnnotations(IntStream.range(0, all.size())
                .mapToObj(index -> parse(all.get(index), FIELD + "[" + index + "]"))
                .toList());
    }

    private static AnnotationContent parse(@Nullable Object given, String where) {
        if (given == null) {
            throw AnnotationContent.invalid(where, "must be an object");
        }
        return AnnotationContent.parse(AnnotationContent.object(given, where), where + ".");
    }

    /** Fails with {@link Problem#VALIDATION_FAILED} when the dataset does not take one of the labels. */
    public Mono<Void> requireLabels(Caller caller, String datasetId, NewAnnotations said) {
        Map<String, String> named = new LinkedHashMap<>();
        for (int index = 0; index < said.contents().size(); index++) {
            AnnotationContent content = said.contents().get(index);
            if (content.isLabelled()) {
                named.put(FIELD + "[" + index + "].label", content.label());
            }
        }
        return labels.require(caller, datasetId, named);
    }

    /**
     * Which items have an annotation with a label that the dataset does not take, and that label. The caller was allowed to
     * annotate them.
     */
    public Mono<Map<String, String>> withRefusedLabels(String datasetId, Map<String, NewAnnotations> said) {
        Set<String> named =
                said.values().stream().flatMap(AnnotationIntake::labels).collect(Collectors.toSet());
        return labels.refused(datasetId, named).map(refused -> {
            Map<String, String> wrong = new LinkedHashMap<>();
            said.forEach((itemId, of) ->
                    labels(of).filter(refused::contains).findFirst().ifPresent(label -> wrong.put(itemId, label)));
            return wrong;
        });
    }

    private static Stream<String> labels(NewAnnotations said) {
        return said.contents().stream().filter(AnnotationContent::isLabelled).map(AnnotationContent::label);
    }

    /**
     * Stores annotations and then their items, which say already how many they have. So there is no moment at which an item
     * is there without its annotations. Whoever calls says that items are changed.
     *
     * @param said by the ids of the items, of which none is stored yet
     * @param storing stores the items and tells which of them it has stored
     */
    public Mono<Set<String>> withItems(
            String datasetId, Map<String, NewAnnotations> said, String by, Mono<Set<String>> storing) {
        return said.isEmpty()
                ? storing
                : counts.aroundCreation(
                        said.keySet(), annotations.insertMissing(made(datasetId, said, by, null)), storing);
    }

    /** Adds annotations to items that are there; what an item has already is not added again. */
    public Mono<Void> add(String datasetId, Map<String, NewAnnotations> said, String by) {
        return said.isEmpty()
                ? Mono.empty()
                : counts.around(datasetId, said.keySet(), annotations.insertMissing(made(datasetId, said, by, null)));
    }

    /**
     * Adds what was found on items that are there, and takes away what was found before, where nobody has changed that since.
     * Once more is as good as once.
     *
     * @param source what found it; the ids follow from it, and not from what was found, which may differ in the last digits
     * @param former which annotations of the items were found before
     */
    public Mono<Void> replace(
            String datasetId, Map<String, NewAnnotations> said, String by, String source, Condition former) {
        List<Annotation> made = made(datasetId, said, by, source);
        Set<String> ids = made.stream().map(Annotation::id).collect(Collectors.toSet());
        Mono<Void> adding = made.isEmpty()
                ? Mono.empty()
                : counts.around(datasetId, said.keySet(), annotations.insertMissing(made));
        return adding.then(Mono.defer(() -> annotations
                        .of(said.keySet(), former)
                        .filter(annotation ->
                                annotation.version() == Annotations.STORED_FIRST && !ids.contains(annotation.id()))
                        .map(AnnotationState::of)
                        .collectList()))
                .filter(stale -> !stale.isEmpty())
                .flatMap(stale -> counts.aroundDeletion(
                        datasetId,
                        said.keySet(),
                        stale.stream().map(AnnotationState::id).toList(),
                        annotations.delete(stale)))
                .then();
    }

    /** @param source what their ids follow from; null for what they say */
    private List<Annotation> made(
            String datasetId, Map<String, NewAnnotations> said, String by, @Nullable String source) {
        Instant now = clock.instant();
        List<Annotation> made = new ArrayList<>();
        said.forEach((itemId, of) -> {
            AnnotatedItems.AnnotatedItem item = new AnnotatedItems.AnnotatedItem(itemId, datasetId, false);
            for (int position = 0; position < of.contents().size(); position++) {
                AnnotationContent content = of.contents().get(position);
                String words = source == null ? content.members().toString() : source;
                made.add(Annotation.of(idOf(itemId, position, words), item, content, by, now));
            }
        });
        return made;
    }

    /** The ids of those of an item rise in the order in which they were given. */
    private static String idOf(String itemId, int position, String words) {
        ByteBuffer id = ByteBuffer.allocate(12).putInt(new ObjectId(itemId).getTimestamp());
        id.putShort((short) Math.min(position, MOST_IN_ORDER));
        id.put(digest(itemId, position + " " + words), 0, 6);
        return new ObjectId(id.array()).toHexString();
    }

    private static byte[] digest(String itemId, String words) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(new ObjectId(itemId).toByteArray());
            return digest.digest(words.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
