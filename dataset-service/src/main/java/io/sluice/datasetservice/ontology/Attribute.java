package io.sluice.datasetservice.ontology;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * What annotations with certain labels may say beside the label, such as a colour out of some (attributes of the newer form,
 * contract ml B.3).
 *
 * @param id 24 hexadecimal characters; stays when the attribute is replaced
 * @param key unique in the ontology; annotations name it by that
 * @param labels whom it is for, by the ids of labels; null when {@code scope} says it by their paths
 * @param content {@code key}, {@code type}, {@code scope} and the rest as clients send it
 */
record Attribute(String id, String key, @Nullable JsonObject labels, JsonObject content) {

    /** As many attributes as an ontology may have. */
    static final int MOST = 1_000;

    /** As many values as one may be chosen from. */
    static final int MOST_VALUES = 1_000;

    private static final String KEY = "key";
    private static final String TYPE = "type";
    private static final String SCOPE = "scope";
    private static final String VALUES = "values";
    private static final String RANGE = "range";
    private static final String TITLE = "title";
    private static final String OPTIONAL = "optional";
    private static final String MULTI = "multi";
    private static final String SCRIPT_DATA = "scriptData";

    private static final Set<String> TYPES = Set.of("options", "boolean", "range", "freeText", "number");

    /**
     * One out of what a client says of it; {@link Problem#VALIDATION_FAILED} if that makes none.
     *
     * @param before the one that it takes the place of; null for a new one
     */
    static Attribute of(String field, Map<String, @Nullable Object> given, @Nullable Attribute before) {
        Map<String, @Nullable Object> content = new LinkedHashMap<>(given);
        content.values().removeIf(value -> value == null);
        content.remove("id");
        String key = Texts.name(field + "." + KEY, content.get(KEY));
        if (!(content.get(TYPE) instanceof String type && TYPES.contains(type))) {
            throw Problem.VALIDATION_FAILED.at(
                    field + "." + TYPE, "must be options, boolean, range, freeText or number");
        }
        if (content.containsKey(VALUES)) {
            content.put(VALUES, Texts.list(field + "." + VALUES, content.get(VALUES), MOST_VALUES));
        }
        requireRange(field + "." + RANGE, content.get(RANGE));
        requireFlag(field + "." + OPTIONAL, content.get(OPTIONAL));
        requireFlag(field + "." + MULTI, content.get(MULTI));
        JsonObject labels = null;
        if (content.get(SCOPE) instanceof Map<?, ?> byId) {
            labels = labels(field + "." + SCOPE, byId);
            content.remove(SCOPE);
        }
        if (labels == null || Scopes.texts(labels, Scopes.SUBTREES).contains(Scopes.ALL)) {
            labels = null;
            Object scope = content.getOrDefault(SCOPE, List.of(Scopes.ALL));
            content.put(SCOPE, Texts.list(field + "." + SCOPE, scope, LabelTree.MOST));
        }
        JsonObject whole = new JsonObject(content);
        return new Attribute(
                before == null ? ObjectId.get().toHexString() : before.id(),
                key,
                labels,
                whole.with(SCRIPT_DATA, scriptData(field, whole)));
    }

    /** The SDK copies an ontology by the title that it finds in there. */
    private static JsonObject scriptData(String field, JsonObject content) {
        JsonObject scriptData = content.object(SCRIPT_DATA);
        Object title = content.members().get(TITLE);
        if (title != null) {
            scriptData = scriptData.with(TITLE, Texts.one(field + "." + TITLE, title));
        }
        return content.members().get(OPTIONAL) instanceof Boolean optional
                ? scriptData.with(OPTIONAL, optional)
                : scriptData;
    }

    private static JsonObject labels(String field, Map<?, ?> scope) {
        return JsonObject.EMPTY
                .with(Scopes.SUBTREES, ids(field, scope, Scopes.SUBTREES))
                .with(Scopes.LABEL_IDS, ids(field, scope, Scopes.LABEL_IDS));
    }

    private static List<String> ids(String field, Map<?, ?> scope, String name) {
        Object given = scope.get(name);
        return given == null ? List.of() : Texts.list(field + "." + name, given, LabelTree.MOST);
    }

    private static void requireRange(String field, @Nullable Object range) {
        if (range != null
                && !(range instanceof Map<?, ?> bounds
                        && bounds.values().stream().allMatch(bound -> bound == null || bound instanceof Number))) {
            throw Problem.VALIDATION_FAILED.at(field, "must be an object of the numbers min, max and step");
        }
    }

    private static void requireFlag(String field, @Nullable Object flag) {
        if (flag != null && !(flag instanceof Boolean)) {
            throw Problem.VALIDATION_FAILED.at(field, "must be true or false");
        }
    }

    /** With some members changed (RFC 7396); what makes up an attribute must still be there. */
    Attribute patched(Map<String, @Nullable Object> patch) {
        JsonObject content = labels == null ? this.content : this.content.with(SCOPE, labels);
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(content.members());
        for (String member : List.of(KEY, SCOPE, VALUES, RANGE)) {
            if (patch.get(member) != null) {
                changed.put(member, patch.get(member));
            }
        }
        return of("attribute", changed, this);
    }

    /** This for the same labels, of which some have other paths now. */
    Attribute moved(Map<String, String> paths) {
        if (labels != null) {
            return this;
        }
        List<String> scope = Scopes.texts(content, SCOPE).stream()
                .map(path -> paths.getOrDefault(path, path))
                .toList();
        return new Attribute(id, key, null, content.with(SCOPE, scope));
    }

    String type() {
        return String.valueOf(content.members().get(TYPE));
    }

    @Nullable
    Object values() {
        return content.members().get(VALUES);
    }

    @Nullable
    Object range() {
        return content.members().get(RANGE);
    }

    /** In the form of {@code metadata.attributes}: the scope by the paths of labels. */
    JsonObject byPath(Scopes scopes) {
        return content.with("id", id)
                .with(SCOPE, labels == null ? content.members().get(SCOPE) : scopes.paths(labels));
    }

    /** The scope by the ids of labels. */
    JsonObject byId(Scopes scopes) {
        return labels == null ? scopes.ids(Scopes.texts(content, SCOPE)) : labels;
    }

    /** About as many bytes as it takes in the database and in a reply together: few ids may stand for many paths. */
    long size(Scopes scopes) {
        return byPath(scopes).size() + (labels == null ? 0 : labels.size());
    }
}
