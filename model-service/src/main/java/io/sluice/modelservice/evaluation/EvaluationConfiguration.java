package io.sluice.modelservice.evaluation;

import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import io.sluice.kit.mongo.Indexes;
import io.sluice.modelservice.evaluation.EvaluationCounts.Counted;
import org.bson.Document;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.index.CompoundIndexDefinition;
import org.springframework.data.mongodb.core.index.Index;

/** The indexes of counts, and the bounds of evaluations. */
@Configuration(proxyBeanMethods = false)
class EvaluationConfiguration {

    @Bean
    Indexes.Index evaluationIndex() {
        return Indexes.Index.required(
                Counted.class, new CompoundIndexDefinition(new Document("executionId", 1).append("key", 1)));
    }

    @Bean
    Indexes.Index evaluationEndIndex() {
        return Indexes.Index.optional(Counted.class, new Index("expiresAt", Direction.ASC).expire(0));
    }

    @Bean
    Limits limitsOfEvaluations() {
        return Limits.of(
                Limit.entries("evaluation-labels", EvaluationCounts.MOST_LABELS, "The labels of an evaluation"),
                Limit.entries(
                        "evaluation-annotations",
                        Evaluation.MOST_OF_ITEM,
                        "The annotations of an item in an evaluation"),
                Limit.entries("evaluation-mask", Drawn.MOST_PIXELS, "The pixels of a mask in an evaluation"));
    }
}
