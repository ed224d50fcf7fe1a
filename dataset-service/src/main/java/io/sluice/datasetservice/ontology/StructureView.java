package io.sluice.datasetservice.ontology;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A structure as the published API shows it.
 *
 * @param order its points
 * @param arcs its lines, each by the points at its ends
 */
record StructureView(
        String id,
        String url,
        String ontologyId,
        String name,
        List<String> order,
        List<List<String>> arcs,
        String creator) {

    static StructureView of(Structure structure, Ontology ontology, String api) {
        return new StructureView(
                structure.id(),
                OntologyView.url(ontology, api) + "/structures/" + structure.id(),
                ontology.id(),
                structure.name(),
                structure.order(),
                structure.arcs(),
                ontology.creator());
    }

    /** What a query can ask for. */
    Map<String, @Nullable Object> members() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("id", id);
        members.put("ontologyId", ontologyId);
        members.put("name", name);
        members.put("order", order);
        members.put("arcs", arcs);
        members.put("creator", creator);
        return members;
    }
}
