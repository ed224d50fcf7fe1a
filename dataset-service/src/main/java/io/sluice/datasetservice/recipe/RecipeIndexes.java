package io.sluice.datasetservice.recipe;

import io.sluice.kit.mongo.Indexes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.index.Index;

@Configuration(proxyBeanMethods = false)
class RecipeIndexes {

    /** For the question which recipes name an ontology. */
    @Bean
    Indexes.Index recipeOntologyIndex() {
        return Indexes.Index.optional(Recipe.class, new Index("ontologyIds", Direction.ASC));
    }
}
