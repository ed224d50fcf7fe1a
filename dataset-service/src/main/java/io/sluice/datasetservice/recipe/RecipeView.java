package io.sluice.datasetservice.recipe;

import com.fasterxml.jackson.annotation.JsonFormat;
import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A recipe as the published API shows it (contract ml B.2). */
record RecipeView(
        String id,
        String title,
        @Nullable String description,
        String creator,
        String url,
        List<String> projectIds,
        List<String> ontologyIds,
        @Nullable JsonObject instructions,
        @Nullable JsonObject examples,
        List<JsonObject> customActions,
        JsonObject uiSettings,
        JsonObject metadata,
        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant createdAt,
        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant updatedAt,
        String updatedBy) {

    private static final String ISO_MILLIS = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'";

    static RecipeView of(Recipe recipe, String api) {
        return new RecipeView(
                recipe.id(),
                recipe.title(),
                recipe.description(),
                recipe.creator(),
                api + "/recipes/" + recipe.id(),
                recipe.projectIds(),
                recipe.ontologyIds(),
                recipe.instructions(),
                recipe.examples(),
                recipe.customActions(),
                recipe.uiSettings(),
                recipe.metadata(),
                recipe.createdAt(),
                recipe.updatedAt(),
                recipe.updatedBy());
    }
}
