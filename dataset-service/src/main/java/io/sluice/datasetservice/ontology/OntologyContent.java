package io.sluice.datasetservice.ontology;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client says an ontology is (contract ml B.3); other members are ignored, and what is null or absent stays as it is.
 *
 * @param roots all its labels, as trees
 * @param attributes names of attributes of the older form; the SDK sends those of the newer form in this place, too, which
 *     says nothing
 * @param metadata {@code attributes} of the newer form, and what clients keep with it; {@code system} is ignored
 * @param projectIds the projects whose members may read it, when it is made
 */
record OntologyContent(
        @Nullable String title,
        @Nullable List<@Nullable Object> roots,
        @Nullable List<@Nullable Object> attributes,
        @Nullable JsonObject metadata,
        @Nullable List<@Nullable String> projectIds) {

    private static final String DEFAULT_TITLE = "Ontology";
    private static final String METADATA = "metadata";

    String newTitle() {
        return title == null ? DEFAULT_TITLE : title;
    }

    /** {@link Problem#VALIDATION_FAILED} when there are none. */
    List<String> projects() {
        List<String> ids = projectIds == null
                ? List.of()
                : projectIds.stream().filter(Objects::nonNull).distinct().toList();
        if (ids.isEmpty() || ids.size() > Ontologies.MOST_PROJECTS) {
            throw Problem.VALIDATION_FAILED.at(
                    "projectIds", "must be a list of 1 to " + Ontologies.MOST_PROJECTS + " ids of projects");
        }
        return ids;
    }

    /**
     * The ontology as this says.
     *
     * @param withMetadata whether metadata may be changed; if not, that part is ignored
     */
    Ontology appliedTo(Ontology ontology, boolean withMetadata) {
        JsonObject newMetadata = withMetadata ? metadata : null;
        Ontology result = ontology.titled(
                title == null ? ontology.title() : Texts.name("title", JsonObject.requireStorable("title", title)),
                names(ontology),
                newMetadata == null ? ontology.metadata() : kept(newMetadata));
        if (roots != null) {
            JsonObject.requireStorable("roots", roots);
            result = result.withLabels(
                    LabelTree.replacing(ontology.labels(), "roots", roots).labels());
        }
        return newMetadata == null ? result : result.withSections(sections(ontology, newMetadata));
    }

    private List<String> names(Ontology ontology) {
        if (attributes == null || attributes.stream().anyMatch(Map.class::isInstance)) {
            return ontology.attributes();
        }
        JsonObject.requireStorable("attributes", attributes);
        return Texts.list("attributes", attributes, Attribute.MOST);
    }

    private static JsonObject kept(JsonObject metadata) {
        JsonObject kept = metadata.without(Ontology.SYSTEM).without(Ontology.ATTRIBUTES);
        JsonObject.requireStorable(METADATA, kept.members());
        return kept;
    }

    private static List<Attribute> sections(Ontology ontology, JsonObject metadata) {
        Object given = metadata.members().get(Ontology.ATTRIBUTES);
        if (given == null) {
            return ontology.sections();
        }
        String field = METADATA + "." + Ontology.ATTRIBUTES;
        return read(field, given, ontology);
    }

    /** The attributes of a list; one whose key the ontology has already keeps its id. */
    static List<Attribute> read(String field, @Nullable Object given, Ontology ontology) {
        if (!(given instanceof List<?> list)) {
            throw Problem.VALIDATION_FAILED.at(field, "must be a list of attributes");
        }
        JsonObject.requireStorable(field, list);
        List<Attribute> sections = new ArrayList<>();
        for (int index = 0; index < list.size(); index++) {
            String where = field + "[" + index + "]";
            JsonObject one = object(where, list.get(index));
            Attribute before = one.members().get("key") instanceof String key
                    ? ontology.section(key).orElse(null)
                    : null;
            sections.add(Attribute.of(where, one.members(), before));
        }
        return sections;
    }

    @SuppressWarnings("unchecked") // The keys of a JSON object are texts.
    private static JsonObject object(String field, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw Problem.VALIDATION_FAILED.at(field, "must be an object");
        }
        return new JsonObject((Map<String, @Nullable Object>) map);
    }
}
