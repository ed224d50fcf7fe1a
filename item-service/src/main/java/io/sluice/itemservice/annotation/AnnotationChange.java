package io.sluice.itemservice.annotation;

import io.sluice.kit.mongo.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is different in an annotation after a change.
 *
 * @param fields those that differ; of what somebody may name as he likes only where it is, such as {@code metadata.user}
 * @param patch the merge patch that leads from the one to the other; of a field that makes it large nothing
 */
record AnnotationChange(List<String> fields, JsonObject patch) {

    /** As large as the patch may be, in bytes, about. */
    static final int LARGEST = 16 * 1024;

    private static final String FIELDS = "fields";
    private static final String PATCH = "patch";
    private static final String METADATA = "metadata";
    private static final String USER = "user";

    static AnnotationChange between(AnnotationContent before, AnnotationContent after) {
        Map<String, @Nullable Object> patch = patch(before.members(), after.members());
        Map<String, @Nullable Object> kept = new LinkedHashMap<>();
        long size = 0;
        for (Map.Entry<String, @Nullable Object> member : patch.entrySet()) {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put(member.getKey(), member.getValue());
            long more = new JsonObject(one).size();
            if (size + more <= LARGEST) {
                size += more;
                kept.putAll(one);
            }
        }
        return new AnnotationChange(fieldsOf(patch), new JsonObject(kept));
    }

    static AnnotationChange of(JsonObject stored) {
        return new AnnotationChange(
                stored.members().get(FIELDS) instanceof List<?> fields
                        ? fields.stream().map(String::valueOf).toList()
                        : List.of(),
                stored.object(PATCH));
    }

    /** The form in which it is stored. */
    JsonObject stored() {
        return JsonObject.EMPTY.with(FIELDS, fields).with(PATCH, patch);
    }

    private static Map<String, @Nullable Object> patch(Map<?, ?> before, Map<?, ?> after) {
        Map<String, @Nullable Object> patch = new LinkedHashMap<>();
        after.forEach((key, value) -> {
            Object old = before.get(key);
            if (value instanceof Map<?, ?> inner && old instanceof Map<?, ?> oldInner) {
                Map<String, @Nullable Object> within = patch(oldInner, inner);
                if (!within.isEmpty()) {
                    patch.put(String.valueOf(key), within);
                }
            } else if (!Objects.equals(old, value)) {
                patch.put(String.valueOf(key), value);
            }
        });
        before.forEach((key, value) -> {
            if (value != null && after.get(key) == null) {
                patch.put(String.valueOf(key), null);
            }
        });
        return patch;
    }

    private static List<String> fieldsOf(Map<String, @Nullable Object> patch) {
        TreeSet<String> fields = new TreeSet<>();
        patch.forEach((key, value) -> {
            if (key.equals(METADATA) && value instanceof Map<?, ?> metadata) {
                metadata.forEach((name, inner) -> fields.addAll(fieldsOfMetadata(String.valueOf(name), inner)));
            } else {
                fields.add(key);
            }
        });
        return List.copyOf(fields);
    }

    private static List<String> fieldsOfMetadata(String name, @Nullable Object value) {
        if (name.equals(Annotation.SYSTEM) && value instanceof Map<?, ?> system) {
            return system.keySet().stream()
                    .map(key -> METADATA + "." + name
                            + (AnnotationContent.SYSTEM_KEYS.contains(String.valueOf(key)) ? "." + key : ""))
                    .toList();
        }
        return List.of(name.equals(Annotation.SYSTEM) || name.equals(USER) ? METADATA + "." + name : METADATA);
    }
}
