package io.sluice.datasetservice.ontology;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.kit.mongo.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One attribute by itself, as the published API shows it.
 *
 * @param scope whom it is for: {@code subtrees}, ids of labels with all below them or {@code *} for all labels, and
 *     {@code labelIds}
 * @param values what may be chosen; absent when anything may be said
 * @param range {@code min}, {@code max} and {@code step} of a number
 */
record AttributeView(
        String id,
        String url,
        String ontologyId,
        JsonObject scope,
        String key,
        String type,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Object values,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Object range,
        String creator) {

    static AttributeView of(Attribute attribute, Ontology ontology, String api) {
        return of(attribute, ontology, new Scopes(ontology.labels()), api);
    }

    static List<AttributeView> all(Ontology ontology, String api) {
        Scopes scopes = new Scopes(ontology.labels());
        return ontology.sections().stream()
                .map(attribute -> of(attribute, ontology, scopes, api))
                .toList();
    }

    private static AttributeView of(Attribute attribute, Ontology ontology, Scopes scopes, String api) {
        return new AttributeView(
                attribute.id(),
                OntologyView.url(ontology, api) + "/attributes/" + attribute.id(),
                ontology.id(),
                attribute.byId(scopes),
                attribute.key(),
                attribute.type(),
                attribute.values(),
                attribute.range(),
                ontology.creator());
    }

    /** What a query can ask for. */
    Map<String, @Nullable Object> members() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("id", id);
        members.put("ontologyId", ontologyId);
        members.put("scope", scope.members());
        members.put("key", key);
        members.put("type", type);
        members.put("values", values);
        members.put("range", range);
        members.put("creator", creator);
        return members;
    }
}
