package io.sluice.datasetservice.dataset;

import io.sluice.datasetservice.deletion.BackgroundDeletion;
import io.sluice.datasetservice.deletion.Deletion;
import io.sluice.datasetservice.deletion.DeletionProperties;
import io.sluice.datasetservice.item.ItemClient;
import io.sluice.datasetservice.recipe.DefaultRecipe;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Deletes datasets: first the items with their bytes, then the recipes nobody else uses, at last the dataset. */
@Component
class DatasetDeletion extends BackgroundDeletion<Dataset> {

    private final DatasetRepository datasets;
    private final ItemClient items;
    private final DefaultRecipe recipe;
    private final List<DatasetContents> contents;

    DatasetDeletion(
            ReactiveMongoTemplate mongo,
            Clock clock,
            DeletionProperties properties,
            DatasetRepository datasets,
            ItemClient items,
            DefaultRecipe recipe,
            List<DatasetContents> contents) {
        super(Dataset.class, mongo, clock, properties);
        this.datasets = datasets;
        this.items = items;
        this.recipe = recipe;
        this.contents = contents;
    }

    /** Starts to delete all datasets of a project. */
    Mono<Void> beginAll(String projectId) {
        return mark(Query.query(Criteria.where("projectId").is(projectId))).then();
    }

    @Override
    protected String idOf(Dataset dataset) {
        return dataset.id();
    }

    @Override
    protected Deletion deletionOf(Dataset dataset) {
        return Objects.requireNonNull(dataset.deletion());
    }

    @Override
    protected Mono<Boolean> removeContents(Dataset dataset) {
        return items.deleteAll(dataset.id())
                .thenMany(Flux.fromIterable(dataset.recipeIds()))
                .filterWhen(recipeId ->
                        datasets.existsOtherWithRecipe(recipeId, dataset.id()).map(used -> !used))
                .concatMap(recipeId -> recipe.remove(recipeId, dataset.projectId()))
                .thenMany(Flux.fromIterable(contents))
                .concatMap(content -> content.removeOf(dataset.id()))
                .then(Mono.just(true));
    }
}
