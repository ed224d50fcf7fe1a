package io.sluice.datasetservice.recipe;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.web.ETag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A recipe as the published API shows it (contract ml B.2).
 *
 * @param ontology what of its ontology it shows; absent when that was never said
 */
record RecipeView(
        String id,
        String title,
        @Nullable String description,
        String creator,
        String url,
        List<String> projectIds,
        List<String> ontologyIds,
        @Nullable Object instructions,
        @Nullable Object examples,
        List<JsonObject> customActions,
        JsonObject uiSettings,
        JsonObject metadata,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Object labelScript,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Object ontology,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Object toolsSettings,
        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant createdAt,
        @JsonFormat(pattern = ISO_MILLIS, timezone = "UTC") Instant updatedAt,
        String updatedBy) {

    private static final String ISO_MILLIS = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'";

    static RecipeView of(Recipe recipe, String api) {
        Map<String, @Nullable Object> details = recipe.detailsOrNone().members();
        return new RecipeView(
                recipe.id(),
                recipe.title(),
                recipe.description(),
                recipe.creator(),
                url(recipe, api),
                recipe.projectIds(),
                recipe.ontologyIds(),
                details.get(Recipe.INSTRUCTIONS),
                details.get(Recipe.EXAMPLES),
                recipe.customActions(),
                recipe.uiSettings(),
                recipe.metadata(),
                details.get(Recipe.LABEL_SCRIPT),
                ontology(recipe),
                details.get(Recipe.TOOLS_SETTINGS),
                recipe.createdAt(),
                recipe.updatedAt(),
                recipe.updatedBy());
    }

    static String url(Recipe recipe, String api) {
        return api + "/recipes/" + recipe.id();
    }

    /** What is shown depends on the recipe and on the address of links. */
    static ETag tag(Recipe recipe, String api) {
        return ETag.of(recipe.id(), recipe.version(), url(recipe, api));
    }

    private static @Nullable Object ontology(Recipe recipe) {
        JsonObject details = recipe.detailsOrNone();
        return details.members().containsKey(Recipe.ONTOLOGY)
                        && !recipe.ontologyIds().isEmpty()
                ? details.object(Recipe.ONTOLOGY)
                        .with(RecipeContent.ONTOLOGY_ID, recipe.ontologyIds().get(0))
                : null;
    }
}
