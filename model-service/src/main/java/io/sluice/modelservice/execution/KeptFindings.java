package io.sluice.modelservice.execution;

import io.sluice.kit.command.Command;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.modelservice.execution.ExecutedItems.Annotated;
import io.sluice.modelservice.execution.ExecutedItems.Embedded;
import io.sluice.modelservice.execution.PredictionWork.Found;
import io.sluice.modelservice.model.Model;
import io.sluice.modelservice.model.ModelAccess;
import io.sluice.modelservice.prediction.Result;
import java.util.List;
import java.util.function.Predicate;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Keeps what a model says of items at the items. */
@Component
class KeptFindings {

    /** As many characters in one request as item-service reads at once, with room for what is around them. */
    private static final long MOST_IN_REQUEST = 4L * 1024 * 1024;

    private final ExecutedItems items;
    private final ModelAccess models;
    private final ExecutionLog log;

    KeptFindings(ExecutedItems items, ModelAccess models, ExecutionLog log) {
        this.items = items;
        this.models = models;
        this.log = log;
    }

    /** As annotations; an item with a label that its dataset does not take is told in the log. */
    Mono<Void> annotate(Command execution, Model model, List<Found> found) {
        String name = models.name(model);
        return Flux.fromIterable(found)
                .map(one -> new Annotated(one.itemId(), FoundAnnotations.of(one.results(), model.id(), name)))
                .bufferUntil(new Full())
                .concatMap(some -> items.annotate(execution.creator(), model.id(), execution.id(), some))
                .concatMap(refused -> log.failed(
                        execution,
                        refused.itemId(),
                        "The model says a label that is none of the ontologies of the dataset, which takes no others: "
                                + refused.label()))
                .then();
    }

    /** Whether enough for a request has come since the last time. */
    private static final class Full implements Predicate<Annotated> {

        private long size;

        @Override
        public boolean test(Annotated one) {
            size += one.annotations().stream().mapToLong(JsonObject::size).sum();
            if (size < MOST_IN_REQUEST) {
                return false;
            }
            size = 0;
            return true;
        }
    }

    /** As vectors in the model's feature set. */
    Mono<Void> embed(Command execution, Model model, List<Found> found) {
        List<Embedded> vectors = found.stream()
                .flatMap(one -> one.results().stream()
                        .filter(Result.Embedding.class::isInstance)
                        .limit(1)
                        .map(result -> new Embedded(one.itemId(), ((Result.Embedding) result).vector())))
                .toList();
        return vectors.isEmpty()
                ? Mono.empty()
                : items.embed(model.projectId(), model.id(), models.name(model), execution.creator(), vectors);
    }
}
