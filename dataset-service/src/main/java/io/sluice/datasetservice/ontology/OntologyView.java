package io.sluice.datasetservice.ontology;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.web.ETag;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** An ontology as the published API shows it (contract ml B.3). */
record OntologyView(
        String id,
        String url,
        String creator,
        String title,
        List<JsonObject> roots,
        List<String> attributes,
        JsonObject metadata,
        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant createdAt,
        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant updatedAt,
        String updatedBy) {

    private static final String ISO_MILLIS = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'";

    static OntologyView of(Ontology ontology, String api) {
        return new OntologyView(
                ontology.id(),
                url(ontology, api),
                ontology.creator(),
                ontology.title(),
                LabelTree.roots(ontology.labels()),
                ontology.attributes(),
                metadata(ontology),
                ontology.createdAt(),
                ontology.updatedAt(),
                ontology.updatedBy() == null ? ontology.creator() : ontology.updatedBy());
    }

    static String url(Ontology ontology, String api) {
        return api + "/ontologies/" + ontology.id();
    }

    /** What is shown depends on the ontology and on the address of links. */
    static ETag tag(Ontology ontology, String api) {
        return ETag.of(ontology.id(), ontology.version(), url(ontology, api));
    }

    /** The SDK takes attributes for those of the newer form when there is a list of these, be it empty. */
    private static JsonObject metadata(Ontology ontology) {
        JsonObject metadata = ontology.metadata()
                .without(Ontology.ATTRIBUTES)
                .with(Ontology.SYSTEM, Map.of("projectIds", ontology.projectIds()));
        if (ontology.sections().isEmpty() && !ontology.attributes().isEmpty()) {
            return metadata;
        }
        Scopes scopes = new Scopes(ontology.labels());
        return metadata.with(
                Ontology.ATTRIBUTES,
                ontology.sections().stream()
                        .map(section -> section.byPath(scopes).members())
                        .toList());
    }
}
