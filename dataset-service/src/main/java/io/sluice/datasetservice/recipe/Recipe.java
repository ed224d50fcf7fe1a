package io.sluice.datasetservice.recipe;

import io.sluice.kit.error.Problem;
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
 * @param details what annotation tools keep with it: {@link #DETAILS}; null when they never did
 * @param standalone whether somebody made it by itself, so that no dataset takes it along when it is deleted; null means no
 */
@Document("recipes")
public record Recipe(
        @Id String id,
        String title,
        @Nullable String description,
        String creator,
        List<String> projectIds,
        List<String> ontologyIds,
        @Nullable JsonObject details,
        List<JsonObject> customActions,
        JsonObject uiSettings,
        JsonObject metadata,
        @Nullable Boolean standalone,
        Instant createdAt,
        Instant updatedAt,
        String updatedBy,
        @Version long version) {

    /** The largest recipe, in bytes: 2 MiB. */
    static final int LARGEST = 2 * 1024 * 1024;

    static final String INSTRUCTIONS = "instructions";
    static final String EXAMPLES = "examples";
    static final String LABEL_SCRIPT = "labelScript";
    static final String ONTOLOGY = "ontology";
    static final String TOOLS_SETTINGS = "toolsSettings";

    /** The members of {@code details}. */
    static final List<String> DETAILS = List.of(INSTRUCTIONS, EXAMPLES, LABEL_SCRIPT, ONTOLOGY, TOOLS_SETTINGS);

    static final String SYSTEM = "system";

    private static final JsonObject DEFAULT_SETTINGS =
            new JsonObject(Map.of("allowObjectIdAutoAssign", true, "studioV2App", true));

    public Recipe {
        projectIds = List.copyOf(projectIds);
        ontologyIds = List.copyOf(ontologyIds);
        customActions = List.copyOf(customActions);
    }

    static Recipe of(
            String title,
            String creator,
            List<String> projectIds,
            List<String> ontologyIds,
            boolean isStandalone,
            Instant now) {
        return new Recipe(
                ObjectId.get().toHexString(),
                title,
                null,
                creator,
                projectIds,
                ontologyIds,
                null,
                List.of(),
                DEFAULT_SETTINGS,
                JsonObject.EMPTY.with(SYSTEM, Map.of()),
                isStandalone ? true : null,
                now,
                now,
                creator,
                0);
    }

    JsonObject detailsOrNone() {
        return details == null ? JsonObject.EMPTY : details;
    }

    Recipe described(String newTitle, @Nullable String newDescription, JsonObject newDetails) {
        return new Recipe(
                id,
                newTitle,
                newDescription,
                creator,
                projectIds,
                ontologyIds,
                newDetails.equals(JsonObject.EMPTY) ? null : newDetails,
                customActions,
                uiSettings,
                metadata,
                standalone,
                createdAt,
                updatedAt,
                updatedBy,
                version);
    }

    Recipe linked(List<String> newProjectIds, List<String> newOntologyIds) {
        return new Recipe(
                id,
                title,
                description,
                creator,
                newProjectIds,
                newOntologyIds,
                details,
                customActions,
                uiSettings,
                metadata,
                standalone,
                createdAt,
                updatedAt,
                updatedBy,
                version);
    }

    Recipe set(List<JsonObject> newActions, JsonObject newSettings, JsonObject newMetadata) {
        return new Recipe(
                id,
                title,
                description,
                creator,
                projectIds,
                ontologyIds,
                details,
                newActions,
                newSettings,
                newMetadata,
                standalone,
                createdAt,
                updatedAt,
                updatedBy,
                version);
    }

    Recipe changedBy(String editor, Instant now) {
        return new Recipe(
                id,
                title,
                description,
                creator,
                projectIds,
                ontologyIds,
                details,
                customActions,
                uiSettings,
                metadata,
                standalone,
                createdAt,
                now,
                editor,
                version);
    }

    /** A new recipe that says the same. */
    Recipe copy(List<String> newProjectIds, List<String> newOntologyIds, String newCreator, Instant now) {
        return new Recipe(
                ObjectId.get().toHexString(),
                title,
                description,
                newCreator,
                newProjectIds,
                newOntologyIds,
                details,
                customActions,
                uiSettings,
                metadata,
                true,
                now,
                now,
                newCreator,
                0);
    }

    /** This, if it can be kept; {@link Problem#CONTENT_TOO_LARGE} if not. */
    Recipe checked() {
        long size = detailsOrNone().size()
                + customActions.stream().mapToLong(JsonObject::size).sum()
                + uiSettings.size()
                + metadata.size()
                + (description == null ? 0 : description.length());
        if (size > LARGEST) {
            throw Problem.CONTENT_TOO_LARGE.at("recipe", "may have at most " + LARGEST + " bytes");
        }
        return this;
    }
}
