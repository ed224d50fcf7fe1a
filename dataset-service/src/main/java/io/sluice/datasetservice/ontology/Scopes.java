package io.sluice.datasetservice.ontology;

import io.sluice.kit.mongo.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Which labels of an ontology its attributes are for, by their ids and by their paths. */
final class Scopes {

    /** All labels, also those to come. */
    static final String ALL = "*";

    static final String SUBTREES = "subtrees";
    static final String LABEL_IDS = "labelIds";

    private final Map<String, String> paths = new HashMap<>();
    private final Map<String, String> ids = new HashMap<>();
    private final Map<String, List<String>> below = new HashMap<>();

    Scopes(List<Label> labels) {
        labels.forEach(label -> {
            paths.put(label.id(), label.path());
            ids.put(label.path(), label.id());
            below.computeIfAbsent(label.parentPath(), path -> new ArrayList<>()).add(label.path());
        });
    }

    /** The paths of the labels that a scope names; ids of labels that are gone say nothing. */
    List<String> paths(JsonObject scope) {
        Set<String> found = new LinkedHashSet<>();
        texts(scope, SUBTREES).stream().map(paths::get).filter(Objects::nonNull).forEach(path -> collect(path, found));
        texts(scope, LABEL_IDS).stream()
                .map(paths::get)
                .filter(Objects::nonNull)
                .forEach(found::add);
        return List.copyOf(found);
    }

    /** What is there already has all below it there, too. */
    private void collect(String path, Set<String> found) {
        if (found.add(path)) {
            below.getOrDefault(path, List.of()).forEach(child -> collect(child, found));
        }
    }

    /** The scope of labels that are named by their paths. */
    JsonObject ids(List<String> scope) {
        boolean isForAll = scope.contains(ALL);
        return JsonObject.EMPTY
                .with(SUBTREES, isForAll ? List.of(ALL) : List.of())
                .with(
                        LABEL_IDS,
                        isForAll
                                ? List.of()
                                : scope.stream()
                                        .map(ids::get)
                                        .filter(Objects::nonNull)
                                        .toList());
    }

    static List<String> texts(JsonObject object, String name) {
        return object.members().get(name) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }
}
