package io.sluice.modelservice.dpk;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What somebody publishes: a {@code dataloop.json}.
 *
 * @param version null for the next one
 * @param isShared whether all projects of the organization may have it, else its own project alone
 * @param about how it is shown
 * @param content what it brings
 */
record Manifest(
        String name, @Nullable SemanticVersion version, boolean isShared, JsonObject about, JsonObject content) {

    static final int LARGEST = 512 * 1024;
    static final int LONGEST_NAME = 100;
    static final int MOST_COMPONENTS = 1_000;
    static final int MOST_MODELS = 100;

    static final String COMPONENTS = "components";
    static final String MODELS = "models";

    /** How a DPK is shown: may change without a new version. */
    static final Set<String> ABOUT =
            Set.of("displayName", "description", "icon", "tags", "categories", "attributes", "provider", "license");

    /** What a version brings: never changes. */
    static final Set<String> CONTENT = Set.of("codebase", COMPONENTS, "dependencies", "metadata");

    private static final String ORGANIZATION = "organization";
    private static final Set<String> CODEBASE_TYPES = Set.of("item", "git", "filesystem", "local");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 ._-]{0," + (LONGEST_NAME - 1) + "}");

    static Manifest of(Map<String, @Nullable Object> body) {
        if (!(body.get("name") instanceof String name) || !NAME.matcher(name).matches()) {
            throw Problem.VALIDATION_FAILED.at(
                    "name",
                    "must have 1 to " + LONGEST_NAME
                            + " letters of a to z, digits, spaces, dots, hyphens and underscores, a"
                            + " letter or digit first");
        }
        SemanticVersion version = body.get("version") == null
                ? null
                : SemanticVersion.of(String.valueOf(body.get("version")))
                        .orElseThrow(() -> Problem.VALIDATION_FAILED.at(
                                "version", "must be a semantic version without build metadata, such as 1.0.0"));
        JsonObject content = of(body, CONTENT);
        requireCodebase(body.get("codebase"));
        requireComponents(content);
        requireObjects("dependencies", body.get("dependencies"));
        if (body.get("metadata") != null && !(body.get("metadata") instanceof Map<?, ?>)) {
            throw Problem.VALIDATION_FAILED.at("metadata", "must be an object");
        }
        return new Manifest(name, version, isShared(body.get("scope")), about(body), content);
    }

    /** The members that say how it is shown, of those that are there. */
    static JsonObject about(Map<String, @Nullable Object> body) {
        for (String text : List.of("displayName", "description", "icon")) {
            if (body.get(text) != null && !(body.get(text) instanceof String)) {
                throw Problem.VALIDATION_FAILED.at(text, "must be a text");
            }
        }
        for (String texts : List.of("tags", "categories")) {
            requireList(texts, body.get(texts), String.class, "texts");
        }
        if (body.get("attributes") != null && !(body.get("attributes") instanceof Map<?, ?>)) {
            throw Problem.VALIDATION_FAILED.at("attributes", "must be an object");
        }
        return of(body, ABOUT);
    }

    /** How it is shown with a change; objects merge in a merge patch, else each member comes whole. */
    static JsonObject about(JsonObject before, Map<String, @Nullable Object> change, boolean isMergePatch) {
        Map<String, @Nullable Object> said = new LinkedHashMap<>(change);
        said.keySet().retainAll(ABOUT);
        if (isMergePatch) {
            return about(before.merged(said).members());
        }
        Map<String, @Nullable Object> after = new LinkedHashMap<>(before.members());
        after.putAll(said);
        return about(after);
    }

    private static JsonObject of(Map<String, @Nullable Object> body, Set<String> members) {
        Map<String, @Nullable Object> kept = new LinkedHashMap<>(body);
        kept.keySet().retainAll(members);
        kept.values().removeIf(value -> value == null);
        JsonObject.requireStorable("dpk", kept);
        return new JsonObject(kept);
    }

    static boolean isShared(@Nullable Object scope) {
        if (scope == null || scope.equals("project")) {
            return false;
        }
        if (scope.equals(ORGANIZATION) || scope.equals("org")) {
            return true;
        }
        throw Problem.UNSUPPORTED.at("scope", "must be project or organization; nothing here is public");
    }

    private static void requireCodebase(@Nullable Object codebase) {
        if (codebase == null) {
            return;
        }
        if (!(codebase instanceof Map<?, ?> members) || !CODEBASE_TYPES.contains(String.valueOf(members.get("type")))) {
            throw Problem.VALIDATION_FAILED.at(
                    "codebase",
                    "must have a type: one of "
                            + String.join(", ", CODEBASE_TYPES.stream().sorted().toList()));
        }
        if ("item".equals(members.get("type")) && !ObjectId.isValid(String.valueOf(members.get("itemId")))) {
            throw Problem.VALIDATION_FAILED.at("codebase.itemId", "must have 24 hexadecimal characters");
        }
    }

    private static void requireComponents(JsonObject content) {
        Object components = content.members().get(COMPONENTS);
        if (components != null && !(components instanceof Map<?, ?>)) {
            throw Problem.VALIDATION_FAILED.at(COMPONENTS, "must be an object");
        }
        content.object(COMPONENTS).members().forEach((kind, list) -> requireObjects(COMPONENTS + "." + kind, list));
        requireModels(content.object(COMPONENTS));
    }

    static void requireModels(JsonObject components) {
        Object models = components.members().get(MODELS);
        requireObjects(COMPONENTS + "." + MODELS, models);
        if (models instanceof List<?> list && list.size() > MOST_MODELS) {
            throw Problem.VALIDATION_FAILED.at(COMPONENTS + "." + MODELS, "must be at most " + MOST_MODELS);
        }
        Set<Object> names = new HashSet<>();
        for (JsonObject model : DpkRevision.models(components)) {
            if (!names.add(String.valueOf(model.members().get("name")))) {
                throw Problem.VALIDATION_FAILED.at(
                        COMPONENTS + "." + MODELS,
                        "has two of the name " + model.members().get("name"));
            }
        }
    }

    private static void requireObjects(String field, @Nullable Object value) {
        requireList(field, value, Map.class, "objects");
    }

    private static void requireList(String field, @Nullable Object value, Class<?> kind, String kinds) {
        if (value != null
                && !(value instanceof List<?> list
                        && list.size() <= MOST_COMPONENTS
                        && list.stream().allMatch(kind::isInstance))) {
            throw Problem.VALIDATION_FAILED.at(field, "must be a list of at most " + MOST_COMPONENTS + " " + kinds);
        }
    }

    static void requireSmall(JsonMapper json, JsonObject... parts) {
        long size = 0;
        for (JsonObject part : parts) {
            size += json.writeValueAsString(part).getBytes(StandardCharsets.UTF_8).length;
        }
        if (size > LARGEST) {
            throw Problem.CONTENT_TOO_LARGE.with("The DPK is larger than " + LARGEST + " bytes");
        }
    }
}
