package io.sluice.modelservice.execution;

import io.sluice.kit.command.Command;
import io.sluice.kit.command.CommandConfiguration;
import io.sluice.kit.command.CommandWork;
import io.sluice.kit.limit.Limit;
import io.sluice.kit.limit.Limits;
import io.sluice.kit.mongo.Indexes;
import io.sluice.modelservice.inference.Predictions;
import io.sluice.modelservice.model.ModelAccess;
import org.bson.Document;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.domain.Sort.Direction;
import org.springframework.data.mongodb.core.index.CompoundIndexDefinition;
import org.springframework.data.mongodb.core.index.Index;

/** Executions are commands: their indexes and their bounds. */
@Configuration(proxyBeanMethods = false)
@Import(CommandConfiguration.class)
class ExecutionConfiguration {

    @Bean
    CommandWork annotating(
            KeptFindings kept, ExecutedItems items, ModelAccess models, Predictions predictions, ExecutionLog log) {
        return new PredictionWork(PredictionWork.ANNOTATING, kept::annotate, items, models, predictions, log);
    }

    @Bean
    CommandWork embedding(
            KeptFindings kept, ExecutedItems items, ModelAccess models, Predictions predictions, ExecutionLog log) {
        return new PredictionWork(PredictionWork.EMBEDDING, kept::embed, items, models, predictions, log);
    }

    /** @param evaluation what compares; the only one that is a bean */
    @Bean
    CommandWork evaluating(
            PredictionWork.Keeping evaluation,
            ExecutedItems items,
            ModelAccess models,
            Predictions predictions,
            ExecutionLog log) {
        return new PredictionWork(PredictionWork.EVALUATING, evaluation, items, models, predictions, log);
    }

    @Bean
    Indexes.Index executionProjectIndex() {
        return Indexes.Index.required(
                Command.class, new CompoundIndexDefinition(new Document("projectId", 1).append("_id", -1)));
    }

    @Bean
    Indexes.Index executionLogIndex() {
        return Indexes.Index.required(
                ExecutionLog.Line.class, new CompoundIndexDefinition(new Document("executionId", 1).append("_id", 1)));
    }

    @Bean
    Indexes.Index executionLogEndIndex() {
        return Indexes.Index.optional(ExecutionLog.Line.class, new Index("expiresAt", Direction.ASC).expire(0));
    }

    @Bean
    Limits limitsOfExecutions() {
        return Limits.of(
                Limit.entries(
                        "execution-items",
                        ExecutionInput.MOST_ITEMS,
                        "The items that an execution may name; a dataset may have any number"),
                Limit.bytes("execution-item", ExecutedItems.LARGEST, "An item that an execution asks a model about"));
    }
}
