package io.sluice.datasetservice.recipe;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A change of what of its ontology a recipe shows; what is null stays as it is.
 *
 * @param attributes ids of attributes
 * @param structureIds ids of structures
 * @param override whether these take the place of those that are there; null means no, then they come to them
 */
record ScopeChange(
        @Nullable LabelScope labelScope,
        @Nullable List<@Nullable String> attributes,
        @Nullable List<@Nullable String> structureIds,
        @Nullable Boolean override) {

    /** As many ids as each of the lists may have. */
    static final int MOST_IDS = 10_000;

    /**
     * @param subtrees ids of labels, with all below them
     * @param labelIds ids of labels alone
     */
    record LabelScope(
            @Nullable List<@Nullable String> subtrees,
            @Nullable List<@Nullable String> labelIds) {}

    Recipe appliedTo(Recipe recipe) {
        JsonObject scope = recipe.detailsOrNone().object(Recipe.ONTOLOGY);
        JsonObject labels = scope.object("labelScope");
        if (labelScope != null) {
            labels = labels.with("subtrees", ids("labelScope.subtrees", labels, "subtrees", labelScope.subtrees()))
                    .with("labelIds", ids("labelScope.labelIds", labels, "labelIds", labelScope.labelIds()));
        }
        JsonObject changed = scope.with("attributes", ids("attributes", scope, "attributes", attributes))
                .with("structureIds", ids("structureIds", scope, "structureIds", structureIds));
        if (!labels.equals(JsonObject.EMPTY)) {
            changed = changed.with("labelScope", labels);
        }
        return recipe.described(
                recipe.title(), recipe.description(), recipe.detailsOrNone().with(Recipe.ONTOLOGY, changed));
    }

    private List<String> ids(String field, JsonObject before, String name, @Nullable List<@Nullable String> given) {
        List<String> known = before.members().get(name) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
        if (given == null) {
            return known;
        }
        List<String> ids = Stream.concat(
                        Boolean.TRUE.equals(override) ? Stream.of() : known.stream(),
                        given.stream().filter(Objects::nonNull))
                .distinct()
                .toList();
        if (ids.size() > MOST_IDS) {
            throw Problem.VALIDATION_FAILED.at(field, "may have at most " + MOST_IDS + " ids");
        }
        return JsonObject.requireStorable(field, ids);
    }
}
