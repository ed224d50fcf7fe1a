package io.sluice.itemservice.item;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A sparse change of an item (contract core §5.3): objects merge, null removes, everything else replaces. What an item
 * does not have, and what only the platform may change, is ignored, because the SDK sends it back as it got it.
 *
 * @param filename where the item is to go, null to leave it
 * @param changesDescription whether the description is to change
 * @param description the description to have, null for none
 * @param metadata what to merge into the metadata
 */
record ItemPatch(
        @Nullable String filename,
        boolean changesDescription,
        @Nullable String description,
        Map<String, @Nullable Object> metadata) {

    static final int LONGEST_DESCRIPTION = 64 * 1024;

    /** As it is stored, in bytes; MongoDB keeps documents of up to 16 MiB. */
    static final int LARGEST_METADATA = 8 * 1024 * 1024;

    /**
     * Reads a change.
     *
     * @param system whether {@code metadata.system} may be changed; without it that part is ignored
     */
    static ItemPatch parse(Map<String, @Nullable Object> body, boolean system) {
        Object description = body.get("description");
        if (description != null && !(description instanceof String)) {
            throw Problem.VALIDATION_FAILED.at("description", "must be a text");
        }
        Object filename = body.get("filename");
        if (filename != null && !(filename instanceof String)) {
            throw Problem.VALIDATION_FAILED.at("filename", "must be a text");
        }
        return new ItemPatch(
                (String) filename,
                body.containsKey("description"),
                description == null ? null : description((String) description),
                metadata(body.get("metadata"), system));
    }

    /** A description that may be stored; an empty one is none. */
    static @Nullable String description(String given) {
        if (given.length() > LONGEST_DESCRIPTION) {
            throw Problem.VALIDATION_FAILED.at(
                    "description", "may have at most " + LONGEST_DESCRIPTION + " characters");
        }
        return given.isEmpty() ? null : given;
    }

    private static Map<String, @Nullable Object> metadata(@Nullable Object given, boolean system) {
        if (given == null) {
            return Map.of();
        }
        if (!(given instanceof Map<?, ?> members)) {
            throw Problem.VALIDATION_FAILED.at("metadata", "must be an object");
        }
        Map<String, @Nullable Object> allowed = new LinkedHashMap<>();
        members.forEach((key, value) -> allowed.put(String.valueOf(key), value));
        requireUserObject(allowed);
        Object forSystem = allowed.remove(Item.SYSTEM);
        if (system && forSystem != null) {
            if (!(forSystem instanceof Map<?, ?> changes)) {
                throw Problem.VALIDATION_FAILED.at("metadata.system", "must be an object");
            }
            Map<String, @Nullable Object> kept = new LinkedHashMap<>();
            changes.forEach((key, value) -> kept.put(String.valueOf(key), value));
            // The size is a fact about the bytes: an SDK that reads another one takes every download for broken.
            kept.remove("size");
            kept.keySet().removeAll(Thumbnails.KEYS);
            allowed.put(Item.SYSTEM, kept);
        }
        return JsonObject.requireStorable("metadata", allowed);
    }

    /** The SDK takes {@code metadata.user} for an object; the other keys may hold anything. */
    static void requireUserObject(Map<String, @Nullable Object> metadata) {
        Object user = metadata.get("user");
        if (user != null && !(user instanceof Map)) {
            throw Problem.VALIDATION_FAILED.at("metadata.user", "must be an object");
        }
    }

    /** A change of nothing but the path. */
    static ItemPatch move(ItemPath target) {
        return new ItemPatch(target.value(), false, null, Map.of());
    }

    /** This change, leaving items where they are. */
    ItemPatch withoutMove() {
        return new ItemPatch(null, changesDescription, description, metadata);
    }

    /** Itself as {@link #parse} reads it. */
    JsonObject toJson() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        if (changesDescription) {
            members.put("description", description);
        }
        members.put("metadata", metadata);
        return new JsonObject(members);
    }

    /** Whether an item that stays where it is would be another after this change. */
    boolean changes(Item item) {
        return changesDescription && !Objects.equals(description, item.description())
                || !item.metadata().merged(metadata).equals(item.metadata());
    }

    static void requireFitting(JsonObject metadata) {
        if (metadata.size() > LARGEST_METADATA) {
            throw Problem.CONTENT_TOO_LARGE.at(
                    "metadata", "would have more than " + LARGEST_METADATA + " bytes; keep it in a file");
        }
    }

    Item applyTo(Item item, String by, Instant now) {
        JsonObject merged = item.metadata().merged(metadata);
        requireFitting(merged);
        return item.edited(changesDescription ? description : item.description(), merged, by, now);
    }
}
