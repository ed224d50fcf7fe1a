package io.sluice.datasetservice.ontology;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.sluice.kit.mongo.JsonObject;
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
        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant updatedAt) {

    private static final String ISO_MILLIS = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'";

    static OntologyView of(Ontology ontology, String api) {
        return new OntologyView(
                ontology.id(),
                api + "/ontologies/" + ontology.id(),
                ontology.creator(),
                ontology.title(),
                ontology.roots(),
                ontology.attributes(),
                ontology.metadata().with("system", Map.of("projectIds", ontology.projectIds())),
                ontology.createdAt(),
                ontology.updatedAt());
    }
}
