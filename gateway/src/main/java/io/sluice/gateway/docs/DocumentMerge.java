package io.sluice.gateway.docs;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Makes one OpenAPI document of several. What is equal in two documents becomes one; what has the same name and differs
 * gets the name of its service in front.
 */
class DocumentMerge {

    private static final String COMPONENTS = "components";
    private static final String PATHS = "paths";
    private static final String TAGS = "tags";
    private static final String NAME = "name";
    private static final String OPERATION_ID = "operationId";
    private static final String REFERENCE = "#/components/";
    private static final Set<String> METHODS =
            Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

    private final ObjectNode whole;
    private final Set<String> operationIds = new HashSet<>();

    /** @param base what the document starts with; is changed */
    DocumentMerge(ObjectNode base) {
        this.whole = base;
        base.path(PATHS).forEach(path -> path.forEach(this::remember));
    }

    private void remember(JsonNode operation) {
        operationIds.add(operation.path(OPERATION_ID).asString(""));
    }

    /** Adds what a service answers to the outside. */
    void add(String service, ObjectNode document) {
        Map<String, String> renamed = clashes(service, document);
        ObjectNode own = (ObjectNode) withReferences(document, renamed);
        addComponents(own, renamed);
        addTags(own);
        own.path(PATHS).properties().forEach(path -> {
            if (isPublic(path.getKey())) {
                addPath(service, path.getKey(), path.getValue());
            }
        });
    }

    ObjectNode document() {
        return whole;
    }

    private static boolean isPublic(String path) {
        return !path.startsWith("/internal") && !path.startsWith("/actuator");
    }

    /**
     * New names by {@code section/name}, for components that the whole has already with another content. A component
     * differs, too, when something differs that it refers to; hence the rounds.
     */
    private Map<String, String> clashes(String service, ObjectNode document) {
        Map<String, String> renamed = new HashMap<>();
        int known;
        do {
            known = renamed.size();
            JsonNode sections = withReferences(document.path(COMPONENTS), renamed);
            sections.properties()
                    .forEach(section -> section.getValue().properties().forEach(component -> {
                        JsonNode there =
                                whole.path(COMPONENTS).path(section.getKey()).path(component.getKey());
                        if (!there.isMissingNode() && !there.equals(component.getValue())) {
                            renamed.put(
                                    section.getKey() + "/" + component.getKey(), prefix(service) + component.getKey());
                        }
                    }));
        } while (renamed.size() > known);
        return renamed;
    }

    /** {@code item-service} becomes {@code Item}. */
    private static String prefix(String service) {
        String noun = service.replaceFirst("-.*", "");
        return noun.substring(0, 1).toUpperCase(Locale.ROOT) + noun.substring(1);
    }

    private void addComponents(ObjectNode document, Map<String, String> renamed) {
        document.path(COMPONENTS).properties().forEach(section -> {
            ObjectNode all = whole.withObjectProperty(COMPONENTS).withObjectProperty(section.getKey());
            section.getValue()
                    .properties()
                    .forEach(component -> all.set(
                            renamed.getOrDefault(section.getKey() + "/" + component.getKey(), component.getKey()),
                            component.getValue()));
        });
    }

    private void addTags(ObjectNode document) {
        ArrayNode all = whole.withArrayProperty(TAGS);
        Set<String> names = new HashSet<>();
        all.forEach(tag -> names.add(tag.path(NAME).asString()));
        document.path(TAGS).forEach(tag -> {
            if (names.add(tag.path(NAME).asString())) {
                all.add(tag);
            }
        });
    }

    private void addPath(String service, String path, JsonNode item) {
        ObjectNode all = whole.withObjectProperty(PATHS).withObjectProperty(path);
        item.properties().forEach(entry -> {
            if (all.has(entry.getKey())) {
                return;
            }
            all.set(entry.getKey(), entry.getValue());
            if (METHODS.contains(entry.getKey()) && entry.getValue() instanceof ObjectNode operation) {
                giveItsOwnId(service, operation);
            }
        });
    }

    /** Generated clients name their functions by these. */
    private void giveItsOwnId(String service, ObjectNode operation) {
        String id = operation.path(OPERATION_ID).asString("");
        if (!id.isEmpty() && !operationIds.add(id)) {
            String own = prefix(service).toLowerCase(Locale.ROOT) + "_" + id;
            operation.put(OPERATION_ID, own);
            operationIds.add(own);
        }
    }

    /** A copy in which every reference to a renamed component names it anew. */
    private static JsonNode withReferences(JsonNode node, Map<String, String> renamed) {
        if (node instanceof ObjectNode object) {
            ObjectNode copy = object.objectNode();
            object.properties().forEach(entry -> copy.set(entry.getKey(), withReferences(entry.getValue(), renamed)));
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = array.arrayNode();
            array.forEach(element -> copy.add(withReferences(element, renamed)));
            return copy;
        }
        if (node instanceof StringNode text && text.asString().startsWith(REFERENCE)) {
            String component = text.asString().substring(REFERENCE.length());
            String name = renamed.get(component);
            if (name != null) {
                return StringNode.valueOf(REFERENCE + component.substring(0, component.indexOf('/') + 1) + name);
            }
        }
        return node;
    }
}
