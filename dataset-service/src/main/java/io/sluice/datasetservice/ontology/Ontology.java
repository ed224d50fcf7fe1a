package io.sluice.datasetservice.ontology;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * Labels and attributes.
 *
 * @param projectIds the projects whose members may read it
 * @param labels the labels, parents before their children
 * @param attributes names of attributes in the older form
 * @param sections attributes of the newer form
 * @param structures points with lines between them
 * @param metadata what clients add; {@code attributes} and {@code system} are made for each reply
 * @param standalone whether somebody made it by itself, so that no dataset takes it along when it is deleted; null means no
 * @param updatedBy null when it was never changed
 */
@Document("ontologies")
public record Ontology(
        @Id String id,
        String title,
        String creator,
        List<String> projectIds,
        List<Label> labels,
        List<String> attributes,
        List<Attribute> sections,
        List<Structure> structures,
        JsonObject metadata,
        @Nullable Boolean standalone,
        Instant createdAt,
        Instant updatedAt,
        @Nullable String updatedBy,
        @Version long version) {

    /** The largest ontology, in bytes: 2 MiB, far below what a document of the database can hold. */
    static final int LARGEST = 2 * 1024 * 1024;

    static final String ATTRIBUTES = "attributes";
    static final String SYSTEM = "system";

    /** One that was stored before there were labels has none of the lists. */
    public Ontology {
        projectIds = List.copyOf(projectIds);
        labels = labels == null ? List.of() : List.copyOf(labels);
        attributes = List.copyOf(attributes);
        sections = sections == null ? List.of() : List.copyOf(sections);
        structures = structures == null ? List.of() : List.copyOf(structures);
    }

    /** An ontology without labels. */
    public static Ontology empty(
            String title, String creator, List<String> projectIds, boolean isStandalone, Instant now) {
        return new Ontology(
                ObjectId.get().toHexString(),
                title,
                creator,
                projectIds,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                JsonObject.EMPTY,
                isStandalone ? true : null,
                now,
                now,
                null,
                0);
    }

    /** The same labels and attributes as another one, for those projects. */
    Ontology copy(List<String> newProjectIds, String newCreator, Instant now) {
        return new Ontology(
                ObjectId.get().toHexString(),
                title,
                newCreator,
                newProjectIds,
                labels,
                attributes,
                sections,
                structures,
                metadata,
                true,
                now,
                now,
                null,
                0);
    }

    Ontology titled(String newTitle, List<String> newAttributes, JsonObject newMetadata) {
        return new Ontology(
                id,
                newTitle,
                creator,
                projectIds,
                labels,
                newAttributes,
                sections,
                structures,
                newMetadata,
                standalone,
                createdAt,
                updatedAt,
                updatedBy,
                version);
    }

    /** With other labels; attributes that are for one that has another path now are so still. */
    Ontology withLabels(List<Label> newLabels) {
        Map<String, String> paths = newLabels.stream().collect(Collectors.toMap(Label::id, Label::path));
        Map<String, String> moved = new HashMap<>();
        for (Label label : labels) {
            String path = paths.getOrDefault(label.id(), label.path());
            if (!path.equals(label.path())) {
                moved.put(label.path(), path);
            }
        }
        List<Attribute> following = moved.isEmpty()
                ? sections
                : sections.stream().map(section -> section.moved(moved)).toList();
        return with(newLabels, following, structures);
    }

    /** {@link Problem#NAME_TAKEN} when two have the same key. */
    Ontology withSections(List<Attribute> newSections) {
        if (newSections.size() > Attribute.MOST) {
            throw Problem.VALIDATION_FAILED.at(ATTRIBUTES, "may be at most " + Attribute.MOST + " in an ontology");
        }
        requireDistinct("key", newSections.stream().map(Attribute::key));
        return with(labels(), newSections, structures());
    }

    /** {@link Problem#NAME_TAKEN} when two have the same name. */
    Ontology withStructures(List<Structure> newStructures) {
        if (newStructures.size() > Structure.MOST) {
            throw Problem.VALIDATION_FAILED.at("structures", "may be at most " + Structure.MOST + " in an ontology");
        }
        requireDistinct("name", newStructures.stream().map(Structure::name));
        return with(labels(), sections(), newStructures);
    }

    private static void requireDistinct(String field, Stream<String> names) {
        List<String> all = names.toList();
        if (all.stream().distinct().count() < all.size()) {
            throw Problem.NAME_TAKEN.at(field, "is that of another one in this ontology");
        }
    }

    private Ontology with(List<Label> newLabels, List<Attribute> newSections, List<Structure> newStructures) {
        return new Ontology(
                id,
                title,
                creator,
                projectIds,
                newLabels,
                attributes,
                newSections,
                newStructures,
                metadata,
                standalone,
                createdAt,
                updatedAt,
                updatedBy,
                version);
    }

    Ontology changedBy(String editor, Instant now) {
        return new Ontology(
                id,
                title,
                creator,
                projectIds,
                labels,
                attributes,
                sections,
                structures,
                metadata,
                standalone,
                createdAt,
                now,
                editor,
                version);
    }

    /** The labels as annotations name them. */
    public List<String> paths() {
        return labels.stream().map(Label::path).toList();
    }

    Optional<Attribute> section(String key) {
        return sections().stream().filter(section -> section.key().equals(key)).findFirst();
    }

    /** With one attribute in the place of another of that id, or at the end. */
    Ontology with(Attribute section) {
        return withSections(placed(sections(), Attribute::id, section));
    }

    /** With one structure in the place of another of that id, or at the end. */
    Ontology with(Structure structure) {
        return withStructures(placed(structures(), Structure::id, structure));
    }

    private static <T> List<T> placed(List<T> list, Function<T, String> idOf, T one) {
        List<T> result = new ArrayList<>(list);
        UnaryOperator<T> place = other -> idOf.apply(other).equals(idOf.apply(one)) ? one : other;
        result.replaceAll(place);
        if (!result.contains(one)) {
            result.add(one);
        }
        return result;
    }

    /** This, if it can be kept; {@link Problem#CONTENT_TOO_LARGE} if not. */
    Ontology checked() {
        Scopes scopes = new Scopes(labels);
        long size = metadata.size()
                + labels().stream()
                        .mapToLong(
                                label -> label.path().length() + label.value().size())
                        .sum()
                + sections().stream().mapToLong(section -> section.size(scopes)).sum()
                + structures().stream()
                        .mapToLong(structure -> size(structure.order())
                                + structure.arcs().stream()
                                        .mapToLong(Ontology::size)
                                        .sum())
                        .sum()
                + size(attributes);
        if (size > LARGEST) {
            throw Problem.CONTENT_TOO_LARGE.at("ontology", "may have at most " + LARGEST + " bytes");
        }
        return this;
    }

    private static long size(List<String> texts) {
        return texts.stream().mapToLong(text -> text.length() + 8L).sum();
    }
}
