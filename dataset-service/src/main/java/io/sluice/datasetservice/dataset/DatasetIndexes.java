package io.sluice.datasetservice.dataset;

import io.sluice.kit.mongo.Indexes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.index.Index;

@Configuration(proxyBeanMethods = false)
class DatasetIndexes {

    /** Sparse and over one field, because the embedded database knows neither partial nor fast compound indexes. */
    @Bean
    Indexes.Index datasetNameIndex() {
        return Indexes.Index.required(
                Dataset.class, new Index("uniqueName", Direction.ASC).unique().sparse());
    }

    @Bean
    Indexes.Index datasetProjectIndex() {
        return Indexes.Index.optional(Dataset.class, new Index("projectId", Direction.ASC).on("name", Direction.ASC));
    }

    @Bean
    Indexes.Index datasetRecipeIndex() {
        return Indexes.Index.optional(Dataset.class, new Index("metadata.system.recipes", Direction.ASC));
    }

    @Bean
    Indexes.Index datasetDeletionIndex() {
        return Indexes.Index.optional(Dataset.class, new Index("deletion.dueAt", Direction.ASC).sparse());
    }

    @Bean
    Indexes.Index datasetExpirationIndex() {
        return Indexes.Index.optional(
                Dataset.class, new Index("expirationOptions.itemMaxDays", Direction.ASC).sparse());
    }

    @Bean
    Indexes.Index datasetLockIndex() {
        return Indexes.Index.optional(Dataset.class, new Index("locks.until", Direction.ASC).sparse());
    }
}
