package io.sluice.datasetservice.ontology;

import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.util.List;
import org.bson.types.ObjectId;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * Labels and attributes.
 *
 * @param projectIds the projects whose members may read it
 * @param roots the labels, as trees
 * @param attributes names of attributes in the older form
 * @param metadata {@code attributes} of the newer form and what clients add; {@code system} is made for each reply
 */
@Document("ontologies")
public record Ontology(
        @Id String id,
        String title,
        String creator,
        List<String> projectIds,
        List<JsonObject> roots,
        List<String> attributes,
        JsonObject metadata,
        Instant createdAt,
        Instant updatedAt,
        @Version long version) {

    public Ontology {
        projectIds = List.copyOf(projectIds);
        roots = List.copyOf(roots);
        attributes = List.copyOf(attributes);
    }

    /** An ontology without labels. */
    public static Ontology empty(String title, String creator, String projectId, Instant now) {
        return new Ontology(
                ObjectId.get().toHexString(),
                title,
                creator,
                List.of(projectId),
                List.of(),
                List.of(),
                JsonObject.EMPTY.with("attributes", List.of()),
                now,
                now,
                0);
    }
}
