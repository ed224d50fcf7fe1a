package io.sluice.datasetservice.recipe;

import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * How a dataset is labelled.
 *
 * @param projectIds the projects whose members may read it
 * @param ontologyIds the ontologies that annotations choose labels from
 */
@Document("recipes")
public record Recipe(
        @Id String id,
        String title,
        @Nullable String description,
        String creator,
        List<String> projectIds,
        List<String> ontologyIds,
        @Nullable JsonObject instructions,
        @Nullable JsonObject examples,
        List<JsonObject> customActions,
        JsonObject uiSettings,
        JsonObject metadata,
        Instant createdAt,
        Instant updatedAt,
        String updatedBy,
        @Version long version) {

    public Recipe {
        projectIds = List.copyOf(projectIds);
        ontologyIds = List.copyOf(ontologyIds);
        customActions = List.copyOf(customActions);
    }

    static Recipe of(String title, String creator, String projectId, String ontologyId, Instant now) {
        return new Recipe(
                ObjectId.get().toHexString(),
                title,
                null,
                creator,
                List.of(projectId),
                List.of(ontologyId),
                null,
                null,
                List.of(),
                new JsonObject(Map.of("allowObjectIdAutoAssign", true, "studioV2App", true)),
                JsonObject.EMPTY.with("system", Map.of()),
                now,
                now,
                creator,
                0);
    }
}
