package io.sluice.kit.query;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What of each entry is answered ({@code select} of contract core §9.1). The id always is.
 *
 * @param including whether the paths name what is answered, or what is left out
 * @param paths dotted; a key may itself have dots
 */
public record Selection(boolean including, List<String> paths) {

    static final String ID = "id";

    public Selection {
        paths = List.copyOf(paths);
    }

    /** An entry as it is answered. */
    public ObjectNode of(ObjectNode entry) {
        ObjectNode selected = of(entry, paths);
        JsonNode id = entry.get(ID);
        if (id != null) {
            selected.set(ID, id);
        }
        return selected;
    }

    private ObjectNode of(ObjectNode object, List<String> wanted) {
        ObjectNode selected = JsonNodeFactory.instance.objectNode();
        object.forEachEntry((key, value) -> {
            if (wanted.contains(key)) {
                if (including) {
                    selected.set(key, value);
                }
                return;
            }
            List<String> inside = wanted.stream()
                    .filter(path -> path.startsWith(key + "."))
                    .map(path -> path.substring(key.length() + 1))
                    .toList();
            if (inside.isEmpty() ? !including : value.isContainer() || !including) {
                selected.set(key, inside.isEmpty() ? value : inside(value, inside));
            }
        });
        return selected;
    }

    private JsonNode inside(JsonNode value, List<String> wanted) {
        if (value instanceof ObjectNode object) {
            return of(object, wanted);
        }
        if (!(value instanceof ArrayNode list)) {
            return value;
        }
        ArrayNode selected = JsonNodeFactory.instance.arrayNode();
        for (JsonNode element : list) {
            if (element.isContainer() || !including) {
                selected.add(inside(element, wanted));
            }
        }
        return selected;
    }
}
