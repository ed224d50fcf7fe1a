package io.sluice.itemservice.annotation;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import io.sluice.kit.mongo.Indexes;
import org.bson.Document;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.index.CompoundIndexDefinition;

/** The indexes of the annotations, and how large one may be. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AnnotationProperties.class)
class AnnotationConfiguration {

    @Bean
    Indexes indexesOfAnnotations(ReactiveMongoTemplate mongo) {
        return new Indexes(
                mongo,
                // Those of an item, in their order.
                Indexes.Index.required(
                        Annotation.class, new CompoundIndexDefinition(new Document("itemId", 1).append("_id", 1))),
                // Those of a dataset, in their order.
                Indexes.Index.required(
                        Annotation.class, new CompoundIndexDefinition(new Document("datasetId", 1).append("_id", 1))),
                // What the SDK asks for by default is some types; counts and items without reading a document.
                Indexes.Index.required(
                        Annotation.class,
                        new CompoundIndexDefinition(new Document("datasetId", 1)
                                .append("type", 1)
                                .append("_id", 1)
                                .append("itemId", 1))),
                // The items with a label, without reading a document.
                Indexes.Index.required(
                        Annotation.class,
                        new CompoundIndexDefinition(new Document("datasetId", 1)
                                .append("label", 1)
                                .append("_id", 1)
                                .append("itemId", 1))),
                // What has happened to those of an item.
                Indexes.Index.required(
                        LoggedEvent.class, new CompoundIndexDefinition(new Document("itemId", 1).append("_id", 1))),
                // What goes with a dataset, and what is too old.
                Indexes.Index.required(LoggedEvent.class, new CompoundIndexDefinition(new Document("datasetId", 1))),
                Indexes.Index.required(LoggedEvent.class, new CompoundIndexDefinition(new Document("at", 1))));
    }

    @Bean
    Limits limitsOfAnnotations(AnnotationProperties properties) {
        return Limits.of(
                Limit.entries("annotations", properties.mostAtOnce(), "The annotations that one request makes"),
                Limit.entries(
                        "annotation-streams",
                        properties.streamsAtOnce(),
                        "The requests with lines of annotations at the same time"),
                Limit.bytes("annotation-line", BodyLines.LONGEST, "A line of such a request"),
                Limit.time(
                        "annotation-stream-silence", properties.longestSilence(), "How long nothing may come of one"),
                Limit.bytes(
                        "annotation", AnnotationContent.LARGEST, "An annotation with its metadata, as it is stored"),
                Limit.characters("annotation-type", AnnotationContent.LONGEST_TYPE, "The type of an annotation"),
                Limit.characters("annotation-label", AnnotationContent.LONGEST_LABEL, "The label of an annotation"),
                Limit.levels(
                        "annotation-parents",
                        AnnotationEdit.MOST_PARENTS,
                        "The parents above an annotation, one above the other"),
                Limit.entries(
                        "annotation-events", properties.mostEvents(), "The events that are kept of an annotation"),
                Limit.time("annotation-events-kept", properties.eventsKept(), "How long an event is kept"),
                Limit.bytes(
                        "annotation-event-changes",
                        AnnotationChange.LARGEST,
                        "What an event tells of a change; of larger fields it tells the names"),
                Limit.entries("annotation-mask", PngMask.MOST_PIXELS, "The pixels of a mask"));
    }
}
