package io.sluice.datasetservice.ontology;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import io.sluice.kit.mongo.Indexes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.index.Index;

/** The index of the ontologies, and how large they may be. */
@Configuration(proxyBeanMethods = false)
class OntologyConfiguration {

    @Bean
    Indexes.Index ontologyProjectIndex() {
        return Indexes.Index.optional(Ontology.class, new Index("projectIds", Direction.ASC).on("_id", Direction.ASC));
    }

    @Bean
    Limits limitsOfOntologies() {
        return Limits.of(
                Limit.bytes("ontology-size", Ontology.LARGEST, "An ontology with all its labels and attributes"),
                Limit.entries("ontology-labels", LabelTree.MOST, "The labels of an ontology"),
                Limit.levels("ontology-depth", LabelTree.DEEPEST, "How deep labels may nest"),
                Limit.characters(
                        "label-path",
                        LabelTree.LONGEST_PATH,
                        "The tag of a label with those above it, with dots between"),
                Limit.entries(
                        "labels-by-id", LabelController.MOST_BY_ID, "The labels that one request changes by their ids"),
                Limit.entries(
                        "label-attributes", LabelTree.MOST_ATTRIBUTES, "The attributes of the older form of one label"),
                Limit.characters("ontology-text", Texts.LONGEST, "A title, a key or a value in an ontology"),
                Limit.entries("ontology-attributes", Attribute.MOST, "The attributes of an ontology"),
                Limit.entries("attribute-values", Attribute.MOST_VALUES, "The values to choose from of one attribute"),
                Limit.entries("ontology-structures", Structure.MOST, "The structures of an ontology"),
                Limit.entries("structure-points", Structure.MOST_POINTS, "The points of a structure, and its arcs"),
                Limit.entries("ontology-projects", Ontologies.MOST_PROJECTS, "The projects that share an ontology"),
                Limit.entries("ontology-page-size", Ontologies.LARGEST_PAGE, "The ontologies of one page"));
    }
}
