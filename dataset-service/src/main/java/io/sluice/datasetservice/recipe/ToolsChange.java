package io.sluice.datasetservice.recipe;

import io.sluice.kit.mongo.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A change of how the tools of a recipe are set.
 *
 * @param toolsSettings by tool: {@code labelScope} and {@code options}
 * @param override whether they take the place of all that are there; null means no
 */
record ToolsChange(
        @Nullable JsonObject toolsSettings, @Nullable Boolean override) {

    Recipe appliedTo(Recipe recipe) {
        if (toolsSettings == null) {
            return recipe;
        }
        JsonObject.requireStorable(Recipe.TOOLS_SETTINGS, toolsSettings.members());
        Map<String, @Nullable Object> settings = new LinkedHashMap<>();
        if (!Boolean.TRUE.equals(override)) {
            settings.putAll(recipe.detailsOrNone().object(Recipe.TOOLS_SETTINGS).members());
        }
        settings.putAll(toolsSettings.members());
        return recipe.described(
                recipe.title(),
                recipe.description(),
                recipe.detailsOrNone().with(Recipe.TOOLS_SETTINGS, new JsonObject(settings)));
    }
}
