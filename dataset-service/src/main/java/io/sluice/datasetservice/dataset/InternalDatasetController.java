package io.sluice.datasetservice.dataset;

import io.sluice.datasetservice.recipe.RecipeLabels;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.error.Problem;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Asked by item-service, which copies items and keeps what models find on them; services only. */
@Hidden
@RestController
@RequestMapping("/internal/datasets")
class InternalDatasetController {

    private final DatasetRepository datasets;
    private final DatasetCreation creation;
    private final RecipeLabels labels;

    InternalDatasetController(DatasetRepository datasets, DatasetCreation creation, RecipeLabels labels) {
        this.datasets = datasets;
        this.creation = creation;
        this.labels = labels;
    }

    /** @param creator whose right to make a dataset there was checked before */
    record Copy(
            @Nullable String name,
            @Nullable List<@Nullable String> sources,
            @Nullable String creator) {}

    /** Makes a dataset out of others; once more is as good as once. */
    @PutMapping("/{datasetId:[0-9a-f]{24}}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @OpenTo(Audience.SERVICE)
    Mono<Void> make(@PathVariable String datasetId, @RequestBody Copy copy) {
        List<String> sources = copy.sources() == null
                ? List.of()
                : copy.sources().stream()
                        .filter(Objects::nonNull)
                        .filter(ObjectId::isValid)
                        .toList();
        String creator = copy.creator();
        if (sources.isEmpty() || creator == null) {
            return Mono.error(Problem.VALIDATION_FAILED.at("sources", "must be ids of datasets, with a creator"));
        }
        return Flux.fromIterable(sources)
                .concatMap(source -> datasets.findByIdAndDeletionIsNull(source)
                        .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("No dataset " + source))))
                .collectList()
                .flatMap(found -> creation.createFrom(datasetId, found, Dataset.checkedName(copy.name()), creator))
                .then();
    }

    /**
     * Which labels annotations may have.
     *
     * @param strict whether others are refused
     * @param labels by their paths; empty when none are refused
     */
    record Labels(boolean strict, Set<String> labels) {}

    /** For who annotates when nobody waits any more whose rights could be asked for. */
    @GetMapping("/{datasetId:[0-9a-f]{24}}/labels")
    @OpenTo(Audience.SERVICE)
    Mono<Labels> labels(@PathVariable String datasetId) {
        return datasets.findHead(datasetId)
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("No dataset " + datasetId)))
                .flatMap(dataset -> dataset.hasStrictLabels()
                        ? labels.of(dataset.recipeIds(), dataset.projectId())
                                .collect(Collectors.toSet())
                                .map(known -> new Labels(true, known))
                        : Mono.just(new Labels(false, Set.of())));
    }
}
