package io.sluice.itemservice.annotation;

import io.sluice.itemservice.annotation.AnnotatedItems.AnnotatedItem;
import io.sluice.itemservice.annotation.AnnotationEdit.Said;
import io.sluice.itemservice.dataset.DatasetLabels;
import io.sluice.kit.error.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.web.ErrorResponseException;

/** Annotations of items of a dataset on their way into the database: what each says, and what is wrong with some. */
final class AnnotationBatch {

    private static final String ID = "id";
    private static final String ITEM_ID = "itemId";

    private final boolean withIds;
    private final List<Wanted> wanted = new ArrayList<>();
    private final List<Wanted> right = new ArrayList<>();
    private final TreeMap<Long, ErrorResponseException> failures = new TreeMap<>();

    /** @param withIds whether each says the id that it is to have; else ids that are said are ignored */
    AnnotationBatch(boolean withIds) {
        this.withIds = withIds;
    }

    private record Wanted(
            long place, String where, @Nullable String id, String itemId, AnnotationContent content) {

        @Nullable
        String label() {
            return content.isLabelled() ? content.label() : null;
        }
    }

    /**
     * Adds one.
     *
     * @param place tells it from the others
     * @param where what its fields are named behind, such as {@code [3].}
     * @param json what the client says; may throw when it cannot be read
     */
    void add(long place, String where, Supplier<Map<String, @Nullable Object>> json) {
        attempt(place, () -> {
            Map<String, @Nullable Object> said = json.get();
            String id = withIds ? idIn(said, where) : null;
            String itemId = itemIdIn(said, where);
            AnnotationContent content = AnnotationContent.parse(said, where);
            if (id != null) {
                requireOlderParent(id, content, where);
            }
            wanted.add(new Wanted(place, where, id, itemId, content));
        });
    }

    private void attempt(long place, Runnable step) {
        try {
            step.run();
        } catch (ErrorResponseException wrong) {
            failures.put(place, wrong);
        }
    }

    private static String idIn(Map<String, @Nullable Object> said, String where) {
        if (said.get(ID) instanceof String id && ObjectId.isValid(id)) {
            return new ObjectId(id).toHexString();
        }
        throw AnnotationContent.invalid(
                where + ID, said.get(ID) == null ? "is missing" : "must be 24 hexadecimal digits");
    }

    /** Who may choose ids could close a circle with annotations that are not there yet; so a parent comes first. */
    private static void requireOlderParent(String id, AnnotationContent content, String where) {
        String parentId = content.parentId();
        if (parentId != null && ObjectId.isValid(parentId) && new ObjectId(parentId).compareTo(new ObjectId(id)) >= 0) {
            throw AnnotationContent.invalid(
                    where + "metadata.system.parentId", "must be lower than the id, as that of an older annotation");
        }
    }

    /** As it is in the database: ids may be spelled in upper case, here as in a path. */
    private static String itemIdIn(Map<String, @Nullable Object> said, String where) {
        if (said.get(ITEM_ID) instanceof String itemId) {
            return ObjectId.isValid(itemId) ? new ObjectId(itemId).toHexString() : itemId;
        }
        throw AnnotationContent.invalid(where + ITEM_ID, said.get(ITEM_ID) == null ? "is missing" : "must be a text");
    }

    /** The items that they name. */
    Set<String> itemIds() {
        return wanted.stream().map(Wanted::itemId).collect(Collectors.toSet());
    }

    /** The labels that are meant to be of an ontology. */
    Set<String> labels() {
        return wanted.stream().flatMap(one -> Stream.ofNullable(one.label())).collect(Collectors.toSet());
    }

    /**
     * Those that are right, in their order.
     *
     * @param items of the dataset, by id
     * @param refused labels that it does not take
     */
    List<Said> said(Map<String, AnnotatedItem> items, Set<String> refused) {
        List<Said> said = new ArrayList<>(wanted.size());
        for (Wanted one : wanted) {
            attempt(one.place(), () -> {
                if (one.label() != null && refused.contains(one.label())) {
                    throw DatasetLabels.refusal(one.where() + "label", one.label());
                }
                AnnotatedItem item = annotated(items.get(one.itemId()), one.where() + ITEM_ID);
                said.add(new Said(one.id(), item, one.content()));
                right.add(one);
            });
        }
        return said;
    }

    private static AnnotatedItem annotated(@Nullable AnnotatedItem item, String where) {
        if (item == null) {
            throw AnnotationContent.invalid(where, "is the id of no item of the dataset");
        }
        if (item.isDirectory()) {
            throw AnnotationContent.invalid(where, "is a directory, which has no annotations");
        }
        return item;
    }

    /**
     * Says that one cannot be stored.
     *
     * @param index of it among those that were {@link #said}
     */
    void refuse(int index) {
        Wanted one = right.get(index);
        failures.put(
                one.place(),
                Problem.ALREADY_EXISTS.at(
                        one.where() + ID,
                        "is that of an annotation that says something else, is of another item or was deleted"));
    }

    /** What is wrong, by place, in the order of places. */
    Map<Long, ErrorResponseException> failures() {
        return failures;
    }

    /** Throws what is wrong with the first one that is. */
    void requireNoFailure() {
        if (!failures.isEmpty()) {
            throw failures.firstEntry().getValue();
        }
    }
}
