package io.sluice.datasetservice.ontology;

import io.sluice.kit.mongo.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One label by itself, as the published API shows it.
 *
 * @param parent the id of the label above; null for a root
 * @param root the id of the label at the top
 * @param path the tags from the root to this one, with dots between
 * @param value what the label is
 * @param depth 0 for a root
 */
record LabelView(
        String id,
        String url,
        @Nullable String parent,
        String root,
        String ontologyId,
        String path,
        JsonObject value,
        boolean hasChildren,
        int depth,
        String creator) {

    /** Some of the labels of an ontology. */
    static List<LabelView> of(Ontology ontology, List<Label> some, String api) {
        Map<String, String> ids = new HashMap<>();
        Set<String> parents = new HashSet<>();
        ontology.labels().forEach(label -> {
            ids.put(label.path(), label.id());
            parents.add(label.parentPath());
        });
        String url = OntologyView.url(ontology, api) + "/labels/";
        return some.stream()
                .map(label -> new LabelView(
                        label.id(),
                        url + label.id(),
                        ids.get(label.parentPath()),
                        Objects.requireNonNull(ids.get(label.rootPath())),
                        ontology.id(),
                        label.path(),
                        label.value(),
                        parents.contains(label.path()),
                        label.depth(),
                        ontology.creator()))
                .toList();
    }

    /** What a query can ask for. */
    Map<String, @Nullable Object> members() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("id", id);
        members.put("parent", parent);
        members.put("root", root);
        members.put("ontologyId", ontologyId);
        members.put("path", path);
        members.put("value", value.members());
        members.put("hasChildren", hasChildren);
        members.put("depth", depth);
        members.put("creator", creator);
        return members;
    }
}
