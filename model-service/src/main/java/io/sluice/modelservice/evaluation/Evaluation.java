package io.sluice.modelservice.evaluation;

import io.sluice.kit.command.Command;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.modelservice.configuration.OutputConfiguration;
import io.sluice.modelservice.evaluation.Comparison.Truth;
import io.sluice.modelservice.evaluation.PeoplesAnnotations.Said;
import io.sluice.modelservice.execution.Execution;
import io.sluice.modelservice.execution.ExecutionLog;
import io.sluice.modelservice.execution.PredictionWork;
import io.sluice.modelservice.execution.PredictionWork.Found;
import io.sluice.modelservice.inference.Predictions;
import io.sluice.modelservice.metric.Metrics;
import io.sluice.modelservice.model.Model;
import io.sluice.modelservice.model.ModelAccess;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Counts how far a model and people agree, step by step, and publishes the figures when all is counted. */
@Component
class Evaluation implements PredictionWork.Keeping {

    /** An item of which people have said more is not compared. */
    static final int MOST_OF_ITEM = 2_000;

    private static final int LONG_AN_ID = 24;
    private static final List<String> CLASSES = List.of("class");

    private final PeoplesAnnotations annotations;
    private final EvaluationCounts counts;
    private final Metrics metrics;
    private final ModelAccess models;
    private final Predictions predictions;
    private final ExecutionLog log;

    Evaluation(
            PeoplesAnnotations annotations,
            EvaluationCounts counts,
            Metrics metrics,
            ModelAccess models,
            Predictions predictions,
            ExecutionLog log) {
        this.annotations = annotations;
        this.counts = counts;
        this.metrics = metrics;
        this.models = models;
        this.predictions = predictions;
        this.log = log;
    }

    /** What people have said of an item, for as long as it can be compared with. */
    private static final class OfItem {

        private final List<Truth> truths = new ArrayList<>();
        private @Nullable String failure;

        void add(Said said) {
            if (failure != null) {
                return;
            }
            if (truths.size() == MOST_OF_ITEM) {
                failure = "It has more than " + MOST_OF_ITEM + " annotations that could be compared with";
                return;
            }
            try {
                boolean isClass = CLASSES.contains(said.type());
                Area area = isClass ? null : Drawn.area(said.type(), said.coordinates());
                if (isClass || area != null) {
                    truths.add(new Truth(said.label(), area));
                }
            } catch (ErrorResponseException unreadable) {
                failure = Objects.requireNonNullElse(unreadable.getBody().getDetail(), "It cannot be compared with");
            }
        }
    }

    @Override
    public Mono<Void> keep(Command execution, Model model, List<Found> found) {
        String step = Objects.requireNonNull(execution.step()).upTo();
        return predictions.kind(model).flatMap(kind -> {
            boolean isClassification = kind instanceof OutputConfiguration.Classification;
            return truths(found, isClassification ? CLASSES : Drawn.TYPES)
                    .flatMap(truths -> compared(execution, found, truths, isClassification))
                    .flatMap(compared -> counts.add(execution, step.substring(step.length() - LONG_AN_ID), compared));
        });
    }

    /** Drawings are read one by one, and not where requests are answered. */
    private Mono<Map<String, OfItem>> truths(List<Found> found, List<String> types) {
        return annotations
                .of(found.stream().map(Found::itemId).toList(), types)
                .publishOn(Schedulers.boundedElastic(), 1)
                .collect(
                        LinkedHashMap::new,
                        (items, said) -> items.computeIfAbsent(said.itemId(), id -> new OfItem())
                                .add(said));
    }

    private Mono<Comparison> compared(
            Command execution, List<Found> found, Map<String, OfItem> truths, boolean isClassification) {
        Comparison comparison = new Comparison();
        return Flux.fromIterable(found)
                .publishOn(Schedulers.boundedElastic())
                .concatMap(one -> {
                    OfItem said = truths.getOrDefault(one.itemId(), new OfItem());
                    if (said.failure != null) {
                        return log.failed(execution, one.itemId(), said.failure);
                    }
                    if (isClassification) {
                        comparison.addClassified(one.results(), said.truths);
                    } else {
                        comparison.addDetected(one.results(), said.truths);
                    }
                    return Mono.<Void>empty();
                })
                .then(Mono.just(comparison));
    }

    @Override
    public Mono<JsonObject> result(Command execution) {
        return models.find(Execution.modelIdOf(execution))
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("The model was deleted")))
                .flatMap(model -> predictions.kind(model).flatMap(kind -> {
                    Figures figures = new Figures(kind instanceof OutputConfiguration.Classification);
                    return metrics.replace(
                                    execution,
                                    model,
                                    counts.of(execution)
                                            .concatMapIterable(
                                                    one -> figures.of(
                                                            one.label(), one.counts(), one.items(), one.unlabeled()),
                                                    1)
                                            .concatWith(Flux.defer(() -> Flux.fromIterable(figures.ofAll()))))
                            .then(Mono.fromSupplier(figures::summary));
                }));
    }
}
