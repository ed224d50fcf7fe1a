package io.sluice.gateway.docs;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * A path of the API as its root lists it.
 *
 * @param name the path below the root, such as {@code datasets/{datasetId}}
 * @param template the path with the parameters of its query (RFC 6570), from the slash on
 * @param methods what it answers, as far as the OpenAPI document says
 */
record ListedPath(String name, String template, List<String> methods) {

    private static final String ROOT = "/api/v1/";
    private static final String DOCS = ROOT + "docs";
    private static final List<String> METHODS = List.of("get", "post", "put", "patch", "delete");

    /** All paths below the root that an OpenAPI document has, in the order of their names. */
    static List<ListedPath> of(JsonNode document) {
        return document.path("paths").propertyNames().stream()
                .filter(path -> path.startsWith(ROOT) && !path.startsWith(DOCS))
                .sorted()
                .map(path -> of(path, document.path("paths").path(path)))
                .toList();
    }

    private static ListedPath of(String path, JsonNode item) {
        return new ListedPath(
                path.substring(ROOT.length()),
                path + query(item.path("get").path("parameters")),
                METHODS.stream()
                        .filter(item::has)
                        .map(method -> method.toUpperCase(Locale.ROOT))
                        .toList());
    }

    private static String query(JsonNode parameters) {
        String names = StreamSupport.stream(parameters.spliterator(), false)
                .filter(parameter -> parameter.path("in").asString("").equals("query"))
                .map(parameter -> parameter.path("name").asString() + (isList(parameter.path("schema")) ? "*" : ""))
                .collect(Collectors.joining(","));
        return names.isEmpty() ? "" : "{?" + names + "}";
    }

    private static boolean isList(JsonNode schema) {
        return schema.path("type").toString().contains("\"array\"");
    }
}
