package io.sluice.itemservice.annotation;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.web.ErrorResponseException;

/**
 * What a client says in an annotation, checked (contract ml §A.2, §A.3). What an annotation does not have is ignored, and
 * so are ids, times and authors: the SDK sends those of the annotation that it has read.
 *
 * @param rest everything but type, label and metadata
 */
record AnnotationContent(String type, String label, JsonObject rest, JsonObject metadata) {

    static final int LONGEST_TYPE = 100;
    static final int LONGEST_LABEL = 1_024;

    /** As it is stored, in bytes, about; MongoDB keeps documents of up to 16 MiB. */
    static final int LARGEST = 8 * 1024 * 1024;

    private static final String TYPE = "type";
    private static final String LABEL = "label";
    private static final String METADATA = "metadata";
    private static final String SNAPSHOTS = "snapshots_";
    private static final String PARENT_ID = "parentId";

    private static final List<String> REST = List.of(
            Annotation.COORDINATES,
            Annotation.ATTRIBUTES,
            "description",
            "labelSuggestions",
            "source",
            "srcAnnotation");

    /** What anybody may change in {@code metadata.system}; everything else only with {@code system=true}. */
    private static final Set<String> OPEN_SYSTEM_KEYS = Set.of(
            "attributes", "frame", "startTime", "endTime", "endFrame", SNAPSHOTS, "objectId", PARENT_ID, "promptId");

    /** What is known to be in {@code metadata.system}. */
    static final Set<String> SYSTEM_KEYS =
            Stream.concat(OPEN_SYSTEM_KEYS.stream(), Stream.of("status")).collect(Collectors.toUnmodifiableSet());

    /** What is written about a picture rather than marked in it; its label is not of an ontology. */
    private static final Set<String> WRITTEN = Set.of("note", "item_description");

    /** Whether its label is meant to be one of an ontology. */
    boolean isLabelled() {
        return !WRITTEN.contains(type);
    }

    /**
     * A new annotation.
     *
     * @param where what its fields are named behind, such as {@code [3].}; empty for a single one
     */
    static AnnotationContent parse(Map<String, @Nullable Object> json, String where) {
        Map<String, @Nullable Object> rest = new LinkedHashMap<>();
        REST.forEach(key -> {
            if (json.get(key) != null) {
                rest.put(key, json.get(key));
            }
        });
        return checked(
                text(json.get(TYPE), where + TYPE, LONGEST_TYPE),
                text(json.get(LABEL), where + LABEL, LONGEST_LABEL),
                rest,
                object(json.get(METADATA), where + METADATA),
                where);
    }

    /** This, changed by a merge patch: objects merge, null removes, lists are replaced. */
    AnnotationContent changed(Map<String, @Nullable Object> patch, boolean system) {
        Map<String, @Nullable Object> changes = new LinkedHashMap<>();
        REST.stream().filter(patch::containsKey).forEach(key -> changes.put(key, patch.get(key)));
        Map<String, @Nullable Object> metadataChanges = allowed(object(patch.get(METADATA), METADATA), system);
        return checked(
                text(patch.getOrDefault(TYPE, type), TYPE, LONGEST_TYPE),
                text(patch.getOrDefault(LABEL, label), LABEL, LONGEST_LABEL),
                rest.merged(changes).members(),
                metadata.merged(metadataChanges).members(),
                "");
    }

    /** What stands there instead of this; what only the platform may change stays. */
    AnnotationContent replaced(Map<String, @Nullable Object> json, boolean system) {
        AnnotationContent other = parse(json, "");
        if (system) {
            return other;
        }
        Map<String, @Nullable Object> kept =
                new LinkedHashMap<>(metadata.object(Annotation.SYSTEM).members());
        kept.keySet().removeAll(OPEN_SYSTEM_KEYS);
        other.metadata().object(Annotation.SYSTEM).members().forEach((key, value) -> {
            if (OPEN_SYSTEM_KEYS.contains(key)) {
                kept.put(key, value);
            }
        });
        return new AnnotationContent(
                other.type(), other.label(), other.rest(), other.metadata().with(Annotation.SYSTEM, kept));
    }

    private static Map<String, @Nullable Object> allowed(Map<String, @Nullable Object> metadata, boolean system) {
        if (system) {
            return metadata;
        }
        Map<String, @Nullable Object> open =
                new LinkedHashMap<>(object(metadata.get(Annotation.SYSTEM), METADATA + "." + Annotation.SYSTEM));
        open.keySet().retainAll(OPEN_SYSTEM_KEYS);
        Map<String, @Nullable Object> allowed = new LinkedHashMap<>(metadata);
        allowed.put(Annotation.SYSTEM, open);
        return allowed;
    }

    private static AnnotationContent checked(
            String type,
            String label,
            Map<String, @Nullable Object> rest,
            Map<String, @Nullable Object> metadata,
            String where) {
        JsonObject content = new JsonObject(JsonObject.requireStorable(where + Annotation.COORDINATES, rest));
        JsonObject checked =
                new JsonObject(JsonObject.requireStorable(where + METADATA, withSystem(metadata, where + METADATA)));
        if (content.size() + checked.size() > LARGEST) {
            throw Problem.CONTENT_TOO_LARGE.at(
                    where + Annotation.COORDINATES, "with all else would be more than " + LARGEST + " bytes");
        }
        Coordinates.require(type, rest.get(Annotation.COORDINATES), where + Annotation.COORDINATES);
        requireLists(rest, where);
        return new AnnotationContent(type, label, content, checked);
    }

    private static void requireLists(Map<String, @Nullable Object> rest, String where) {
        Object attributes = rest.get(Annotation.ATTRIBUTES);
        if (attributes != null && !(attributes instanceof Collection) && !(attributes instanceof Map)) {
            throw invalid(where + Annotation.ATTRIBUTES, "must be a list");
        }
        for (String key : List.of("description", "source", "srcAnnotation")) {
            if (rest.get(key) != null && !(rest.get(key) instanceof String)) {
                throw invalid(where + key, "must be a text");
            }
        }
    }

    /** The SDK reads an object there, and stumbles over members that are null. */
    private static Map<String, @Nullable Object> withSystem(Map<String, @Nullable Object> metadata, String where) {
        Map<String, @Nullable Object> complete = new LinkedHashMap<>(metadata);
        Map<String, @Nullable Object> system =
                new LinkedHashMap<>(object(metadata.get(Annotation.SYSTEM), where + "." + Annotation.SYSTEM));
        system.values().removeIf(Objects::isNull);
        String at = where + "." + Annotation.SYSTEM + ".";
        Object attributes = system.get("attributes");
        if (attributes instanceof List<?> none && none.isEmpty()) {
            system.put("attributes", Map.of());
        } else if (attributes != null && !(attributes instanceof Map)) {
            throw invalid(at + "attributes", "must be an object");
        }
        if (system.get(SNAPSHOTS) != null) {
            requireSnapshots(system.get(SNAPSHOTS), at + SNAPSHOTS);
        }
        complete.put(Annotation.SYSTEM, system);
        Object user = complete.get("user");
        if (user == null) {
            complete.remove("user");
        } else if (!(user instanceof Map)) {
            throw invalid(where + ".user", "must be an object");
        }
        return complete;
    }

    private static void requireSnapshots(@Nullable Object value, String where) {
        if (!(value instanceof List<?> snapshots)) {
            throw invalid(where, "must be a list");
        }
        for (int index = 0; index < snapshots.size(); index++) {
            if (!(snapshots.get(index) instanceof Map<?, ?> snapshot)) {
                throw invalid(where + "[" + index + "]", "must be an object");
            }
            Object frame = snapshot.get("frame");
            if (frame != null && !(frame instanceof Number)) {
                throw invalid(where + "[" + index + "].frame", "must be a number");
            }
        }
    }

    /** All of it, as in JSON. */
    Map<String, @Nullable Object> members() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put(TYPE, type);
        members.put(LABEL, label);
        members.putAll(rest.members());
        members.put(METADATA, metadata.members());
        return members;
    }

    /** Who this says is its parent; null when nobody. */
    @Nullable
    String parentId() {
        return metadata.object(Annotation.SYSTEM).members().get(PARENT_ID) instanceof String parent ? parent : null;
    }

    /** @param parentId null for nobody */
    AnnotationContent withParent(@Nullable String parentId) {
        JsonObject system = metadata.object(Annotation.SYSTEM);
        return new AnnotationContent(
                type,
                label,
                rest,
                metadata.with(
                        Annotation.SYSTEM,
                        parentId == null ? system.without(PARENT_ID) : system.with(PARENT_ID, parentId)));
    }

    /** Tells what it says from what another says (contract ml §A.2). */
    String hash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            for (Object part : new @Nullable Object[] {
                type,
                label,
                rest.members().get(Annotation.COORDINATES),
                metadata.object(Annotation.SYSTEM).members().get("attributes")
            }) {
                digest.update(String.valueOf(part).getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String text(@Nullable Object value, String where, int longest) {
        if (!(value instanceof String text)) {
            throw invalid(where, value == null ? "is missing" : "must be a text");
        }
        if (text.isEmpty() || text.length() > longest) {
            throw invalid(where, "must have 1 to " + longest + " characters");
        }
        return JsonObject.requireStorable(where, text);
    }

    @SuppressWarnings("unchecked") // The keys of a JSON object are texts.
    static Map<String, @Nullable Object> object(@Nullable Object value, String where) {
        if (value == null) {
            return Map.of();
        }
        if (value instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw invalid(where, "must be an object");
    }

    static ErrorResponseException invalid(String where, String message) {
        return Problem.VALIDATION_FAILED.at(where, message);
    }
}
