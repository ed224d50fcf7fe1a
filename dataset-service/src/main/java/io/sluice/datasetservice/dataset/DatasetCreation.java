package io.sluice.datasetservice.dataset;

import io.sluice.datasetservice.project.ProjectAccess;
import io.sluice.datasetservice.recipe.DefaultRecipe;
import io.sluice.kit.error.FieldError;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Mono;

/** Makes a dataset: the ontology first, then the recipe that names it, then the dataset that names the recipe. */
@Component
class DatasetCreation {

    private final DatasetRepository datasets;
    private final DefaultRecipe recipe;
    private final ProjectAccess projects;
    private final DatasetDeletion deletion;
    private final MetadataLimit limit;
    private final Clock clock;

    DatasetCreation(
            DatasetRepository datasets,
            DefaultRecipe recipe,
            ProjectAccess projects,
            DatasetDeletion deletion,
            MetadataLimit limit,
            Clock clock) {
        this.datasets = datasets;
        this.recipe = recipe;
        this.projects = projects;
        this.deletion = deletion;
        this.limit = limit;
        this.clock = clock;
    }

    Mono<Dataset> create(NewDataset wanted, String creator) {
        String projectId = wanted.projectId();
        String name = Dataset.checkedName(wanted.name());
        JsonObject metadata = wanted.metadata() == null ? JsonObject.EMPTY : limit.checked(wanted.metadata());
        return datasets.existsByUniqueName(Dataset.uniqueName(projectId, name)).flatMap(taken -> {
            if (taken) {
                return Mono.error(nameTaken(name));
            }
            return recipes(wanted, name, creator).flatMap(recipeIds -> {
                Dataset dataset = Dataset.of(projectId, name, creator, clock.instant())
                        .madeWith(
                                metadata.with(Dataset.SYSTEM, Map.of(Dataset.RECIPES, recipeIds)),
                                wanted.driver(),
                                wanted.expirationOptions(),
                                wanted.indexDriver());
                return insert(dataset);
            });
        });
    }

    private Mono<List<String>> recipes(NewDataset wanted, String name, String creator) {
        return wanted.wantsRecipe()
                ? recipe.create(name, wanted.projectId(), creator).map(List::of)
                : Mono.just(List.of());
    }

    /**
     * Makes a dataset in the project of the first source, with the recipes that the sources in there have; the one of that
     * id, when it is there.
     *
     * @param datasetId an id that nobody else makes a dataset with
     */
    Mono<Dataset> createFrom(String datasetId, List<Dataset> sources, String name, String creator) {
        Dataset first = sources.get(0);
        List<String> recipeIds = sources.stream()
                .filter(source -> source.projectId().equals(first.projectId()))
                .flatMap(source -> source.recipeIds().stream())
                .distinct()
                .toList();
        Dataset dataset = Dataset.of(first.projectId(), Dataset.checkedName(name), creator, clock.instant())
                .copyOf(datasetId, recipeIds, sources.size() == 1 ? first.id() : null);
        return datasets.findById(datasetId)
                .switchIfEmpty(Mono.defer(() -> datasets.save(dataset).flatMap(this::requireProject)))
                .onErrorResume(
                        DuplicateKeyException.class,
                        // By another who makes it at this moment.
                        taken -> datasets.findById(datasetId)
                                .switchIfEmpty(Mono.error(() -> Problem.NAME_TAKEN.with(
                                        "Dataset with the same name already exists",
                                        List.of(new FieldError("name", "is taken"))))));
    }

    private Mono<Dataset> insert(Dataset dataset) {
        return datasets.save(dataset)
                .flatMap(this::requireProject)
                // Somebody took the name in between.
                .onErrorResume(
                        DuplicateKeyException.class,
                        taken -> removeRecipes(dataset).then(Mono.error(nameTaken(dataset.name()))));
    }

    /** The project may have been deleted since we looked, and with it all datasets but this one. */
    private Mono<Dataset> requireProject(Dataset dataset) {
        return projects.isAlive(dataset.projectId())
                .flatMap(alive -> alive
                        ? Mono.just(dataset)
                        : deletion.begin(dataset.id(), dataset.version())
                                .then(Mono.error(() -> Problem.NOT_FOUND.with("Project not found"))));
    }

    private Mono<Void> removeRecipes(Dataset dataset) {
        return Mono.when(dataset.recipeIds().stream()
                .map(recipeId -> recipe.remove(recipeId, dataset.projectId()))
                .toList());
    }

    static ErrorResponseException nameTaken(@Nullable String name) {
        return Problem.NAME_TAKEN.with(
                "There is a dataset named " + name + " in this project already",
                List.of(new FieldError("name", "is taken")));
    }
}
