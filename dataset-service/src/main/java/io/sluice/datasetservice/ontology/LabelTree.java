package io.sluice.datasetservice.ontology;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * The labels of an ontology while they are changed: by path, in the order in which they came, parents before children. A
 * tag with dots is a path: the labels above it are made when they are missing (contract ml §0, 12).
 */
final class LabelTree {

    /** As many labels as an ontology may have. */
    static final int MOST = 10_000;

    /** As deep as labels may nest. */
    static final int DEEPEST = 20;

    /** The longest path of a label, in characters; no annotation can name a longer one. */
    static final int LONGEST_PATH = 1_024;

    /** As many attributes as one label may name. */
    static final int MOST_ATTRIBUTES = 1_000;

    private static final String TAG = "tag";
    private static final String VALUE = "value";
    private static final String CHILDREN = "children";
    private static final String COLOR = "color";
    private static final String DISPLAY_LABEL = "displayLabel";
    private static final String DISPLAY_DATA = "displayData";
    private static final String ATTRIBUTES = "attributes";

    private static final Pattern SEPARATOR = Pattern.compile("\\.");

    private final Map<String, Label> labels = new LinkedHashMap<>();
    private final Map<String, Label> known = new HashMap<>();

    private LabelTree() {}

    /** The labels as they are. */
    static LabelTree of(List<Label> labels) {
        LabelTree tree = new LabelTree();
        labels.forEach(label -> tree.labels.put(label.path(), label));
        return tree;
    }

    /** A new tree in place of these labels; what has the same path again keeps its id. */
    static LabelTree replacing(List<Label> labels, String field, List<?> roots) {
        LabelTree tree = new LabelTree();
        labels.forEach(label -> tree.known.put(label.path(), label));
        tree.plant(field, roots, "");
        return tree;
    }

    List<Label> labels() {
        return List.copyOf(labels.values());
    }

    private void plant(String field, List<?> nodes, String parentPath) {
        for (int index = 0; index < nodes.size(); index++) {
            String where = field + "[" + index + "]";
            Map<String, @Nullable Object> node = object(where, nodes.get(index));
            boolean isWrapped = node.get(VALUE) instanceof Map;
            String valueField = isWrapped ? where + "." + VALUE : where;
            String path = path(valueField, parentPath, isWrapped ? object(valueField, node.get(VALUE)) : node);
            put(valueField, path, isWrapped ? object(valueField, node.get(VALUE)) : node);
            Object children = node.get(CHILDREN);
            if (children instanceof List<?> list) {
                plant(where + "." + CHILDREN, list, path);
            } else if (children != null) {
                throw Problem.VALIDATION_FAILED.at(where + "." + CHILDREN, "must be a list of labels");
            }
        }
    }

    /**
     * Changes the labels that the nodes name by their whole paths; members that a node does not have stay.
     *
     * @param create whether what is missing is made, otherwise it is refused
     */
    void upsert(String field, List<?> nodes, boolean create) {
        for (int index = 0; index < nodes.size(); index++) {
            String where = field + "[" + index + "]";
            Map<String, @Nullable Object> node = object(where, nodes.get(index));
            String path = path(where, "", node);
            if (!create && !labels.containsKey(path)) {
                throw Problem.VALIDATION_FAILED.at(where + "." + TAG, "is no label of this ontology: " + path);
            }
            put(where, path, node);
        }
    }

    /** Changes labels that are named by their ids; the tag may be another, below the same label. */
    void update(List<?> nodes) {
        for (int index = 0; index < nodes.size(); index++) {
            String where = "[" + index + "]";
            Map<String, @Nullable Object> node = object(where, nodes.get(index));
            Label label = find(node.get("id"))
                    .orElseThrow(() ->
                            Problem.VALIDATION_FAILED.at(where + ".id", "is the id of no label of this ontology"));
            String path = label.path();
            if (node.get(TAG) != null) {
                path = path(where, label.parentPath(), node);
                if (!Label.parentOf(path).equals(label.parentPath())) {
                    throw Problem.VALIDATION_FAILED.at(where + "." + TAG, "must not have dots");
                }
                rename(where, label, path);
            }
            put(where, path, without(node, "id"));
        }
    }

    /** Removes a label with all labels below it; whether it was there. */
    boolean remove(String id) {
        Optional<Label> label = find(id);
        label.ifPresent(gone -> labels.values().removeIf(other -> other.isIn(gone.path())));
        return label.isPresent();
    }

    private Optional<Label> find(@Nullable Object id) {
        return labels.values().stream().filter(label -> label.id().equals(id)).findFirst();
    }

    private void rename(String where, Label label, String path) {
        if (path.equals(label.path())) {
            return;
        }
        if (labels.containsKey(path)) {
            throw Problem.NAME_TAKEN.at(where + "." + TAG, "is that of another label");
        }
        List<Label> before = labels();
        labels.clear();
        for (Label one : before) {
            String moved = one.isIn(label.path())
                    ? path + one.path().substring(label.path().length())
                    : one.path();
            JsonObject value = one.equals(label) ? one.value().with(TAG, tagOf(path)) : one.value();
            requireShort(where, moved);
            labels.put(moved, new Label(one.id(), moved, value));
        }
    }

    private void put(String field, String path, Map<String, @Nullable Object> given) {
        String parent = Label.parentOf(path);
        if (!parent.isEmpty() && !labels.containsKey(parent)) {
            put(field, parent, Map.of());
        }
        Label label = labels.get(path);
        if (label == null) {
            if (labels.size() >= MOST) {
                throw Problem.VALIDATION_FAILED.at(
                        field, "is one label too many; an ontology may have " + MOST + " labels");
            }
            label = planted(path);
        }
        labels.put(path, new Label(label.id(), path, valued(field, label.value(), given)));
    }

    private Label planted(String path) {
        Label before = known.get(path);
        Object color = before == null ? null : before.value().members().get(COLOR);
        Map<String, @Nullable Object> value = new LinkedHashMap<>();
        value.put(TAG, tagOf(path));
        value.put(DISPLAY_LABEL, tagOf(path));
        value.put(COLOR, color == null ? LabelColor.anyFor(path) : color);
        value.put(ATTRIBUTES, List.of());
        value.put(DISPLAY_DATA, Map.of());
        return new Label(before == null ? ObjectId.get().toHexString() : before.id(), path, new JsonObject(value));
    }

    /** Null says nothing, and neither does an empty {@code displayData}: the SDK sends it with every label that it changes. */
    private static JsonObject valued(String field, JsonObject value, Map<String, @Nullable Object> given) {
        JsonObject result = value;
        for (Map.Entry<String, @Nullable Object> member : given.entrySet()) {
            Object said = member.getValue();
            String where = field + "." + member.getKey();
            if (said == null) {
                continue;
            }
            switch (member.getKey()) {
                case TAG, CHILDREN -> {}
                case COLOR -> result = result.with(COLOR, LabelColor.of(where, said));
                case DISPLAY_LABEL -> result = result.with(DISPLAY_LABEL, Texts.one(where, said));
                case ATTRIBUTES -> result = result.with(ATTRIBUTES, Texts.list(where, said, MOST_ATTRIBUTES));
                case DISPLAY_DATA -> {
                    Map<String, @Nullable Object> data = object(where, said);
                    result = data.isEmpty() ? result : result.with(DISPLAY_DATA, data);
                }
                default -> result = result.with(member.getKey(), said);
            }
        }
        return result;
    }

    private static String path(String field, String parentPath, Map<String, @Nullable Object> node) {
        Object tag = node.get(TAG);
        if (!(tag instanceof String text)
                || SEPARATOR.splitAsStream(text + ".x").anyMatch(String::isBlank)
                || text.chars().anyMatch(Character::isISOControl)) {
            throw Problem.VALIDATION_FAILED.at(
                    field + "." + TAG, "must be a text, with something before and after each dot");
        }
        String path = parentPath.isEmpty() ? text : parentPath + Label.SEPARATOR + text;
        requireShort(field, path);
        return path;
    }

    private static void requireShort(String field, String path) {
        if (path.length() > LONGEST_PATH) {
            throw Problem.VALIDATION_FAILED.at(
                    field + "." + TAG, "must have at most " + LONGEST_PATH + " characters with those above it");
        }
        if (path.chars().filter(character -> character == Label.SEPARATOR).count() >= DEEPEST) {
            throw Problem.VALIDATION_FAILED.at(field + "." + TAG, "must not lie deeper than " + DEEPEST + " labels");
        }
    }

    private static String tagOf(String path) {
        return path.substring(path.lastIndexOf(Label.SEPARATOR) + 1);
    }

    private static Map<String, @Nullable Object> without(Map<String, @Nullable Object> node, String key) {
        return new JsonObject(node).without(key).members();
    }

    @SuppressWarnings("unchecked") // The keys of a JSON object are texts.
    private static Map<String, @Nullable Object> object(String field, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw Problem.VALIDATION_FAILED.at(field, "must be an object");
        }
        return (Map<String, @Nullable Object>) map;
    }

    /** The labels as the published API nests them (contract ml B.3). */
    static List<JsonObject> roots(List<Label> labels) {
        Map<String, List<Object>> children = new HashMap<>();
        List<JsonObject> roots = new ArrayList<>();
        for (Label label : labels) {
            List<Object> below = new ArrayList<>();
            children.put(label.path(), below);
            Map<String, @Nullable Object> node = new LinkedHashMap<>();
            node.put(VALUE, label.value().members());
            node.put(CHILDREN, below);
            List<Object> siblings = children.get(label.parentPath());
            if (siblings == null) {
                roots.add(new JsonObject(node));
            } else {
                siblings.add(node);
            }
        }
        return roots;
    }
}
