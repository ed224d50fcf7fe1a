package io.sluice.itemservice.item;

import io.sluice.kit.mongo.Indexes;
import io.sluice.kit.query.QueryConfiguration;
import org.bson.Document;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.index.CompoundIndexDefinition;
import org.springframework.data.mongodb.core.index.Index;

/** The indexes of the items; the dataset leads each, but for those that a dataset cannot narrow. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    UploadProperties.class,
    StreamProperties.class,
    ExportProperties.class,
    RevisionProperties.class,
    QuotaProperties.class
})
@Import(QueryConfiguration.class)
class ItemConfiguration {

    @Bean
    Indexes indexes(ReactiveMongoTemplate mongo) {
        return new Indexes(
                mongo,
                // One item per path, look-ups by path, everything below a directory.
                Indexes.Index.required(
                        Item.class,
                        new CompoundIndexDefinition(new Document("datasetId", 1).append("filename", 1)).unique()),
                // What the SDK lists by default, in the order of ids; counts and sums without reading a document.
                Indexes.Index.required(
                        Item.class,
                        new CompoundIndexDefinition(new Document("datasetId", 1)
                                .append("hidden", 1)
                                .append("type", 1)
                                .append("_id", 1)
                                .append("annotated", 1)
                                .append("annotationsCount", 1)
                                .append("content.size", 1))),
                Indexes.Index.required(
                        Item.class,
                        new CompoundIndexDefinition(
                                new Document("datasetId", 1).append("dir", 1).append("_id", 1))),
                // Names by their beginning, and all items in the order of their names.
                Indexes.Index.required(
                        Item.class,
                        new CompoundIndexDefinition(
                                new Document("datasetId", 1).append("name", 1).append("_id", 1))),
                // What has changed since a moment.
                Indexes.Index.required(
                        Item.class, new CompoundIndexDefinition(new Document("datasetId", 1).append("updatedAt", 1))),
                // Whether bytes still belong to somebody.
                Indexes.Index.required(Item.class, new Index("content.sha256", Direction.ASC).sparse()),
                // What was copied already.
                Indexes.Index.required(Item.class, new Index("source.itemId", Direction.ASC).sparse()),
                // What an item was, and whether its bytes still belong to somebody.
                Indexes.Index.required(
                        ItemRevision.class,
                        new CompoundIndexDefinition(new Document("itemId", 1).append("number", -1))),
                Indexes.Index.required(ItemRevision.class, new Index("content.sha256", Direction.ASC)),
                // Directories whose move was cut short.
                Indexes.Index.required(Item.class, new Index("movedFrom", Direction.ASC).sparse()),
                // Where changes are counted for good, of all datasets.
                Indexes.Index.required(ChangeMarks.COLLECTION, new Index(ChangeMarks.CELL_OF, Direction.ASC).sparse()),
                // Thumbnails that are to be made.
                Indexes.Index.required(ThumbnailJob.class, new Index("dueAt", Direction.ASC)),
                // Exports whose time has come.
                Indexes.Index.optional(Export.class, new Index("expiresAt", Direction.ASC)),
                // Any path of the metadata, within a dataset from MongoDB 7 on, before that over all of them; the
                // embedded database has no such index.
                Indexes.Index.optional(
                        Item.class,
                        new CompoundIndexDefinition(new Document("datasetId", 1).append("metadata.$**", 1)),
                        new CompoundIndexDefinition(new Document("metadata.$**", 1))));
    }
}
