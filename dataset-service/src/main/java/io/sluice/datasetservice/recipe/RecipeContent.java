package io.sluice.datasetservice.recipe;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client says of a recipe (contract ml B.2). The SDK sends the whole recipe back, so what is null or absent stays as it
 * is, and members that cannot be changed are ignored.
 *
 * @param ontologyIds the ontologies that annotations choose labels from
 * @param instructions for annotators, an object or a list
 * @param ontology what of which ontology it shows, for those who name one only: {@code ontologyId}, {@code labelScope},
 *     {@code attributes}, {@code structureIds}
 * @param metadata merged into what is there (RFC 7396)
 */
record RecipeContent(
        @Nullable String title,
        @Nullable String description,
        @Nullable List<@Nullable String> projectIds,
        @Nullable List<@Nullable String> ontologyIds,
        @Nullable Object instructions,
        @Nullable JsonObject examples,
        @Nullable List<@Nullable JsonObject> customActions,
        @Nullable JsonObject uiSettings,
        @Nullable JsonObject metadata,
        @Nullable String labelScript,
        @Nullable JsonObject ontology,
        @Nullable JsonObject toolsSettings) {

    /** The longest title, in characters. */
    static final int LONGEST_TITLE = 250;

    /** As many ontologies as a recipe may name. */
    static final int MOST_ONTOLOGIES = 100;

    /** As many projects as may share a recipe. */
    static final int MOST_PROJECTS = 100;

    static final String ONTOLOGY_ID = "ontologyId";

    private static final String DEFAULT_TITLE = "Default Recipe";

    String newTitle() {
        return title == null ? DEFAULT_TITLE : title;
    }

    /** The ids that it names; null when it says nothing of them. */
    @Nullable
    List<String> projects() {
        if (projectIds == null) {
            return null;
        }
        List<String> ids = given("projectIds", projectIds, MOST_PROJECTS);
        if (ids.isEmpty()) {
            throw Problem.VALIDATION_FAILED.at("projectIds", "must name a project");
        }
        return ids;
    }

    /** The ids that it names; null when it says nothing of them. */
    @Nullable
    List<String> ontologies() {
        if (ontologyIds != null) {
            return given("ontologyIds", ontologyIds, MOST_ONTOLOGIES);
        }
        return ontology != null && ontology.members().get(ONTOLOGY_ID) instanceof String id ? List.of(id) : null;
    }

    private static List<String> given(String field, List<@Nullable String> ids, int most) {
        if (ids.size() > most || ids.contains(null)) {
            throw Problem.VALIDATION_FAILED.at(field, "must be a list of at most " + most + " ids");
        }
        return ids.stream().filter(Objects::nonNull).distinct().toList();
    }

    /**
     * The recipe as this says, but for its projects and ontologies.
     *
     * @param withSystem whether {@code metadata.system} may be changed; if not, that part is ignored
     */
    Recipe appliedTo(Recipe recipe, boolean withSystem) {
        return recipe.described(
                        title == null ? recipe.title() : checkedTitle(title),
                        description == null
                                ? recipe.description()
                                : JsonObject.requireStorable("description", description),
                        details(recipe.detailsOrNone()))
                .set(
                        customActions == null ? recipe.customActions() : actions(customActions),
                        uiSettings == null ? recipe.uiSettings() : storable("uiSettings", uiSettings),
                        metadata == null ? recipe.metadata() : merged(recipe.metadata(), metadata, withSystem))
                .checked();
    }

    private JsonObject details(JsonObject before) {
        if (instructions != null && !(instructions instanceof List<?> || instructions instanceof Map<?, ?>)) {
            throw Problem.VALIDATION_FAILED.at(Recipe.INSTRUCTIONS, "must be an object or a list");
        }
        JsonObject details = before;
        details = set(details, Recipe.INSTRUCTIONS, instructions);
        details = set(details, Recipe.EXAMPLES, examples);
        details = set(details, Recipe.LABEL_SCRIPT, labelScript);
        details = set(details, Recipe.TOOLS_SETTINGS, toolsSettings);
        return set(details, Recipe.ONTOLOGY, ontology == null ? null : ontology.without(ONTOLOGY_ID));
    }

    private static JsonObject set(JsonObject details, String name, @Nullable Object value) {
        if (value == null) {
            return details;
        }
        JsonObject.requireStorable(name, value instanceof JsonObject object ? object.members() : value);
        return details.with(name, value);
    }

    private static List<JsonObject> actions(List<@Nullable JsonObject> given) {
        List<JsonObject> actions = given.stream().filter(Objects::nonNull).toList();
        actions.forEach(action -> storable("customActions", action));
        return actions;
    }

    private static JsonObject merged(JsonObject before, JsonObject patch, boolean withSystem) {
        Object system = patch.members().get(Recipe.SYSTEM);
        if (withSystem && system != null && !(system instanceof Map<?, ?>)) {
            throw Problem.VALIDATION_FAILED.at("metadata.system", "must be an object");
        }
        JsonObject changes = withSystem && system != null ? patch : patch.without(Recipe.SYSTEM);
        return before.merged(storable("metadata", changes).members());
    }

    private static JsonObject storable(String field, JsonObject object) {
        JsonObject.requireStorable(field, object.members());
        return object;
    }

    static String checkedTitle(String title) {
        if (title.isBlank() || title.length() > LONGEST_TITLE || title.chars().anyMatch(Character::isISOControl)) {
            throw Problem.VALIDATION_FAILED.at(
                    "title", "must have 1 to " + LONGEST_TITLE + " characters, no control characters among them");
        }
        return JsonObject.requireStorable("title", title);
    }
}
