package io.sluice.modelservice.execution;

import io.sluice.kit.access.DatasetAccess;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.command.Command;
import io.sluice.kit.command.CommandAcceptance;
import io.sluice.kit.command.CommandOrder;
import io.sluice.kit.error.Problem;
import io.sluice.modelservice.configuration.OutputConfiguration;
import io.sluice.modelservice.inference.Predictions;
import io.sluice.modelservice.model.Model;
import io.sluice.modelservice.model.ModelAccess;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Takes on the asking of a model about items. All that can be wrong is found before: nobody is asked again. */
@Component
class ExecutionAcceptance {

    private final ModelAccess models;
    private final Predictions predictions;
    private final ExecutedItems items;
    private final DatasetClient datasets;
    private final CommandAcceptance commands;

    ExecutionAcceptance(
            ModelAccess models,
            Predictions predictions,
            ExecutedItems items,
            DatasetClient datasets,
            CommandAcceptance commands) {
        this.models = models;
        this.predictions = predictions;
        this.items = items;
        this.datasets = datasets;
        this.commands = commands;
    }

    /**
     * Stores an execution.
     *
     * @param model that the caller may run
     * @param type of the {@link PredictionWork}
     */
    Mono<Command> accept(Caller caller, Model model, String type, ExecutionInput input) {
        boolean isEmbedding = type.equals(PredictionWork.EMBEDDING);
        if (type.equals(PredictionWork.EVALUATING) && input.datasetId() == null) {
            return Mono.error(Problem.VALIDATION_FAILED.at(
                    "input." + ExecutionInput.DATASET_ID, "must be the dataset whose annotations are compared with"));
        }
        return accesses(caller, input, needed(type))
                .collectList()
                .doOnNext(found -> {
                    if (isEmbedding) {
                        found.forEach(access -> requireProject(access, model));
                    }
                })
                .delayUntil(found -> predictions.kind(model).doOnNext(kind -> require(kind, isEmbedding)))
                .flatMap(found -> commands.accept(
                        caller,
                        new CommandOrder(
                                type,
                                model.projectId(),
                                found.get(0).datasetId(),
                                input.toWhat(),
                                Execution.about(
                                        model.id(),
                                        models.name(model),
                                        models.isDeployed(model) ? model.id() : null,
                                        input.said()))));
    }

    private static Permission needed(String type) {
        return switch (type) {
            case PredictionWork.EMBEDDING -> Permission.CREATE_ITEM;
            case PredictionWork.EVALUATING -> Permission.READ_ITEM;
            default -> Permission.ANNOTATE_ITEM;
        };
    }

    /** A set of vectors is one project's. */
    private static void requireProject(DatasetAccess access, Model model) {
        if (!access.projectId().equals(model.projectId())) {
            throw Problem.UNSUPPORTED.with("The items of the dataset " + access.datasetId()
                    + " are in another project than the model, whose vectors are of items of its own");
        }
    }

    private static void require(OutputConfiguration kind, boolean isEmbedding) {
        boolean isVector = kind instanceof OutputConfiguration.Embedding;
        if (kind instanceof OutputConfiguration.Raw) {
            throw Problem.UNSUPPORTED.with(
                    "The model's configuration does not declare what its outputs mean, so nothing"
                            + " of them can be kept at items; say it in configuration.output.kind");
        }
        if (isVector != isEmbedding) {
            throw Problem.UNSUPPORTED.with(
                    isVector
                            ? "The model makes vectors: embed items with it"
                            : "The model makes no vectors: its configuration.output.kind is not embedding");
        }
    }

    /** The datasets of the items; the caller may do it in all of them. */
    private Flux<DatasetAccess> accesses(Caller caller, ExecutionInput input, Permission needed) {
        String datasetId = input.datasetId();
        if (datasetId != null) {
            return datasets.require(caller, datasetId, needed).flux();
        }
        return items.places(input.itemIds())
                .<Map<String, String>>collect(HashMap::new, (all, place) -> all.put(place.id(), place.datasetId()))
                .flatMapMany(places -> accesses(caller, input.itemIds(), places, needed));
    }

    /** @param places the datasets of those that are there, by their ids */
    private Flux<DatasetAccess> accesses(
            Caller caller, List<String> itemIds, Map<String, String> places, Permission needed) {
        Map<String, String> firstOf = new LinkedHashMap<>();
        for (String itemId : itemIds) {
            String datasetId = places.get(itemId);
            if (datasetId == null) {
                return datasets.<DatasetAccess>refuse(caller, () -> unknown(itemId))
                        .flux();
            }
            firstOf.putIfAbsent(datasetId, itemId);
        }
        return Flux.fromIterable(firstOf.entrySet())
                .concatMap(place -> datasets.require(caller, place.getKey(), needed, () -> unknown(place.getValue())));
    }

    private static ErrorResponseException unknown(String itemId) {
        return Problem.NOT_FOUND.at(
                "input." + ExecutionInput.ITEM_IDS, "has " + itemId + ", which is no file that you know of");
    }
}
