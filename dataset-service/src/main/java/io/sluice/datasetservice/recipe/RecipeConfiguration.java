package io.sluice.datasetservice.recipe;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import io.sluice.kit.mongo.Indexes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.index.Index;

/** The indexes of the recipes, and how large they may be. */
@Configuration(proxyBeanMethods = false)
class RecipeConfiguration {

    /** For the question which recipes name an ontology. */
    @Bean
    Indexes.Index recipeOntologyIndex() {
        return Indexes.Index.optional(Recipe.class, new Index("ontologyIds", Direction.ASC));
    }

    @Bean
    Indexes.Index recipeProjectIndex() {
        return Indexes.Index.optional(Recipe.class, new Index("projectIds", Direction.ASC).on("_id", Direction.ASC));
    }

    @Bean
    Limits limitsOfRecipes() {
        return Limits.of(
                Limit.characters("recipe-title", RecipeContent.LONGEST_TITLE, "The title of a recipe"),
                Limit.bytes("recipe-size", Recipe.LARGEST, "A recipe with its instructions and metadata"),
                Limit.entries("recipe-ontologies", RecipeContent.MOST_ONTOLOGIES, "The ontologies of a recipe"),
                Limit.entries("recipe-projects", RecipeContent.MOST_PROJECTS, "The projects that share a recipe"),
                Limit.entries("recipe-scope", ScopeChange.MOST_IDS, "The labels that a recipe shows, by their ids"));
    }
}
