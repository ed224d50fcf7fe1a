package io.sluice.itemservice.feature;

import io.sluice.kit.access.AccessConfiguration;
import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import io.sluice.kit.mongo.Indexes;
import org.bson.Document;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.index.CompoundIndexDefinition;
import org.springframework.data.mongodb.core.index.Index;

/** The indexes of feature sets and vectors, and how large they may be. */
@Configuration(proxyBeanMethods = false)
@Import(AccessConfiguration.class)
@EnableConfigurationProperties(FeatureProperties.class)
class FeatureConfiguration {

    @Bean
    Indexes indexesOfFeatures(ReactiveMongoTemplate mongo) {
        return new Indexes(
                mongo,
                Indexes.Index.required(FeatureSet.class, new Index("uniqueName", Direction.ASC).unique()),
                Indexes.Index.required(
                        FeatureSet.class, new CompoundIndexDefinition(new Document("projectId", 1).append("_id", 1))),
                // Those of a set, in their order; all of them are looked at in a search.
                Indexes.Index.required(
                        FeatureVector.COLLECTION,
                        new CompoundIndexDefinition(new Document(FeatureVector.FEATURE_SET_ID, 1)
                                .append("_id", 1)
                                .append(FeatureVector.PROJECT_ID, 1))),
                Indexes.Index.required(
                        FeatureVector.COLLECTION,
                        new CompoundIndexDefinition(new Document(FeatureVector.PROJECT_ID, 1).append("_id", 1))),
                // Those of an item, and what goes with it.
                Indexes.Index.required(FeatureVector.COLLECTION, new Index(FeatureVector.ENTITY_ID, Direction.ASC)),
                Indexes.Index.required(
                        FeatureVector.COLLECTION, new Index(FeatureVector.ITEM_ID, Direction.ASC).sparse()),
                // Which sets a dataset has vectors of, without reading a document.
                Indexes.Index.required(
                        FeatureVector.COLLECTION,
                        new CompoundIndexDefinition(new Document(FeatureVector.DATASET_ID, 1)
                                .append(FeatureVector.FEATURE_SET_ID, 1)
                                .append("_id", 1)
                                .append(FeatureVector.PROJECT_ID, 1))));
    }

    @Bean
    Limits limitsOfFeatures(FeatureProperties properties) {
        return Limits.of(
                Limit.entries("feature-set-size", FeatureSetContent.LARGEST_SIZE, "The numbers of a feature vector"),
                Limit.characters("feature-set-name", FeatureSetContent.LONGEST_NAME, "The name of a feature set"),
                Limit.entries(
                        "feature-sets", FeatureSetController.MOST_AT_ONCE, "The feature sets that one request makes"),
                Limit.entries("feature-vectors", properties.mostAtOnce(), "The feature vectors that one request makes"),
                Limit.entries(
                        "feature-count-datasets",
                        FeatureVectorController.MOST_DATASETS,
                        "The datasets whose feature vectors one request counts"),
                Limit.entries("nearest-vectors", NearestVectors.MOST, "The nearest vectors that one search finds"),
                Limit.time("nearest-vectors-time", properties.longestSearch(), "How long such a search may take"));
    }
}
