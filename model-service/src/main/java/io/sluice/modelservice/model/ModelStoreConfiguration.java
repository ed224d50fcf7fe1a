package io.sluice.modelservice.model;

import io.sluice.kit.access.AccessConfiguration;
import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import io.sluice.kit.mongo.Indexes;
import io.sluice.kit.query.QueryConfiguration;
import org.bson.Document;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.index.CompoundIndexDefinition;
import org.springframework.data.mongodb.core.index.Index;

/** The indexes of models, and how large they may be. */
@Configuration(proxyBeanMethods = false)
@Import({AccessConfiguration.class, QueryConfiguration.class})
class ModelStoreConfiguration {

    @Bean
    Indexes.Index modelNameIndex() {
        return Indexes.Index.required(Model.class, new Index("uniqueName", Direction.ASC).unique());
    }

    @Bean
    Indexes.Index modelProjectIndex() {
        return Indexes.Index.required(
                Model.class, new CompoundIndexDefinition(new Document("projectId", 1).append("_id", 1)));
    }

    @Bean
    Limits limitsOfModels() {
        return Limits.of(
                Limit.characters("model-name", ModelContent.LONGEST_NAME, "The name of a model"),
                Limit.bytes("model-size", Models.LARGEST, "A model in JSON, without its files"),
                Limit.entries("model-labels", ModelContent.MOST_LABELS, "The labels of a model"),
                Limit.entries("model-artifacts", ModelContent.MOST_ARTIFACTS, "The files of a model"));
    }
}
