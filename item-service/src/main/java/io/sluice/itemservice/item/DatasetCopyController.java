package io.sluice.itemservice.item;

import io.sluice.itemservice.command.AnsweredByCommand;
import io.sluice.itemservice.command.CommandAnswers;
import io.sluice.itemservice.command.CommandView;
import io.sluice.kit.access.DatasetAccess;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.sluice.kit.query.QueryParser;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Datasets made out of others: clone, merge, sync (contract core §4.5–§4.7). What it takes is in the items. */
@RestController
@RequestMapping("/api/v1/datasets")
@Tag(name = "Datasets")
class DatasetCopyController {

    private static final Map<String, @Nullable Object> EVERYTHING = Map.of("filter", Map.of());

    private final QueryParser queries;
    private final CommandAnswers commands;
    private final DatasetClient datasets;

    DatasetCopyController(QueryParser queries, CommandAnswers commands, DatasetClient datasets) {
        this.queries = queries;
        this.commands = commands;
        this.datasets = datasets;
    }

    /**
     * @param withItemsAnnotations whether annotations come along; null means yes
     * @param withMetadata whether the metadata of the items comes along; null means yes
     * @param withTaskAnnotationsStatus whether it comes along what tasks say of items
     * @param targetDatasetId a dataset that is there already; null to make one
     * @param targetDirectory where in it; null for its root
     */
    record CloneParameters(
            @Nullable Boolean withItemsAnnotations,
            @Nullable Boolean withMetadata,
            @Nullable Boolean withTaskAnnotationsStatus,
            @Nullable String targetDatasetId,
            @Nullable String targetDirectory) {

        static final CloneParameters NONE = new CloneParameters(null, null, null, null, null);

        boolean isMetadataWanted() {
            return !Boolean.FALSE.equals(withMetadata);
        }

        boolean isAnnotated() {
            return !Boolean.FALSE.equals(withItemsAnnotations);
        }

        ItemPath directory() {
            return targetDirectory == null
                    ? ItemPath.ROOT
                    : ItemPath.ofDirectory("cloneDatasetParams.targetDirectory", targetDirectory);
        }
    }

    /**
     * @param name of the new dataset; null where it is not a new one
     * @param filter a query whose filter says which items; null for all
     */
    record DatasetCloneRequest(
            @Nullable String name,
            @Nullable Map<String, @Nullable Object> filter,
            @Nullable CloneParameters cloneDatasetParams) {

        CloneParameters parameters() {
            return cloneDatasetParams == null ? CloneParameters.NONE : cloneDatasetParams;
        }
    }

    @PostMapping("/{datasetId}/clone")
    @Operation(
            summary = "Clone a dataset",
            description = "Into a new dataset of the same project, with the same recipes, or into one that is there. "
                    + "spec.returnedModelId is its id. No byte is copied. What finds its path taken there gets a number "
                    + "behind its name.")
    @AnsweredByCommand
    @Requires(Permission.CREATE_DATASET)
    Mono<ResponseEntity<CommandView>> clone(
            @PathVariable String datasetId,
            @RequestBody DatasetCloneRequest body,
            Caller caller,
            ServerHttpRequest request) {
        return datasets.require(caller, datasetId, Permission.READ_ITEM)
                .flatMap(source -> allowedTarget(source, body, caller).flatMap(target -> {
                    DatasetCopy.Wish wish = new DatasetCopy.Wish(
                            List.of(datasetId),
                            queryOf(body.filter()),
                            target,
                            body.parameters().targetDatasetId() == null ? body.name() : null,
                            body.parameters().directory(),
                            body.parameters().isMetadataWanted(),
                            body.parameters().isAnnotated());
                    return commands.answer(caller, source, DatasetClone.TYPE, wish.toJson(), request);
                }));
    }

    /** The id of the dataset that the copies go to. */
    private Mono<String> allowedTarget(DatasetAccess source, DatasetCloneRequest body, Caller caller) {
        String target = body.parameters().targetDatasetId();
        if (target != null) {
            return datasets.require(caller, target, Permission.CREATE_ITEM).map(DatasetAccess::datasetId);
        }
        requireName(body.name());
        requireNewDataset(source, caller);
        return Mono.just(new ObjectId().toHexString());
    }

    private static void requireName(@Nullable String name) {
        if (name == null || name.isBlank()) {
            throw Problem.VALIDATION_FAILED.at("name", "must not be empty for a new dataset");
        }
    }

    /** A locked dataset can be read. */
    private static void requireNewDataset(DatasetAccess source, Caller caller) {
        source.requireRole(caller, Permission.CREATE_DATASET);
        source.requireRole(caller, Permission.CREATE_ITEM);
    }

    private Map<String, @Nullable Object> queryOf(@Nullable Map<String, @Nullable Object> given) {
        if (given == null) {
            return EVERYTHING;
        }
        if (!queries.parse(given, DatasetItemsController.ITEMS, DatasetItemsController.JOINS)
                .resource()
                .equals(DatasetItemsController.ITEMS)) {
            throw Problem.UNSUPPORTED.at("filter.resource", "must be items");
        }
        return given;
    }

    /**
     * @param name of the new dataset
     * @param datasetsIds in the order in which names are given
     * @param projectIds what the SDK says, too; the new dataset is in the project of the first dataset
     * @param asynced what the SDK says, too; whether it waits is its own matter
     */
    record DatasetMergeRequest(
            @Nullable String name,
            @Nullable List<@Nullable String> datasetsIds,
            @Nullable Object projectIds,
            @Nullable CloneParameters mergeDatasetParams,
            @Nullable Boolean asynced) {

        List<String> sources() {
            List<String> given = datasetsIds == null
                    ? List.of()
                    : datasetsIds.stream().filter(Objects::nonNull).distinct().toList();
            if (given.isEmpty() || given.size() > DatasetMerge.MOST) {
                throw Problem.VALIDATION_FAILED.at("datasetsIds", "must be 1 to " + DatasetMerge.MOST + " ids");
            }
            return given;
        }
    }

    @PostMapping("/merge")
    @Operation(
            summary = "Merge datasets into a new one",
            description =
                    "In the project of the first, with the recipes of all. Of several items with the same path the "
                            + "first keeps its name, the others get a number behind it. No byte is copied.")
    @AnsweredByCommand
    @Requires(Permission.CREATE_DATASET)
    Mono<ResponseEntity<CommandView>> merge(
            @RequestBody DatasetMergeRequest body, Caller caller, ServerHttpRequest request) {
        List<String> sources = body.sources();
        requireName(body.name());
        return Flux.fromIterable(sources)
                .concatMap(datasetId -> datasets.require(caller, datasetId, Permission.READ_ITEM))
                .collectList()
                .flatMap(allowed -> {
                    DatasetAccess first = allowed.get(0);
                    requireNewDataset(first, caller);
                    boolean isMetadataWanted = body.mergeDatasetParams() == null
                            || body.mergeDatasetParams().isMetadataWanted();
                    DatasetCopy.Wish wish = new DatasetCopy.Wish(
                            sources,
                            DatasetMerge.EVERYTHING,
                            new ObjectId().toHexString(),
                            body.name(),
                            ItemPath.ROOT,
                            isMetadataWanted,
                            body.mergeDatasetParams() == null
                                    || body.mergeDatasetParams().isAnnotated());
                    return commands.answer(caller, first, DatasetMerge.TYPE, wish.toJson(), request);
                });
    }

    @PostMapping("/{datasetId}/sync")
    @Operation(
            summary = "Bring into a clone what has come into its source since",
            description =
                    "For a dataset that is no clone, or whose source is gone, there is nothing to do, and it succeeds.")
    @AnsweredByCommand
    @Requires(Permission.CREATE_ITEM)
    Mono<ResponseEntity<CommandView>> sync(@PathVariable String datasetId, Caller caller, ServerHttpRequest request) {
        return datasets.require(caller, datasetId, Permission.CREATE_ITEM)
                .flatMap(target -> sourceOf(target, caller).flatMap(sources -> {
                    DatasetCopy.Wish wish = new DatasetCopy.Wish(
                            sources, DatasetSync.FILES, target.datasetId(), null, ItemPath.ROOT, true, true);
                    return commands.answer(caller, target, DatasetSync.TYPE, wish.toJson(), request);
                }));
    }

    /** The source, if the caller may read it. */
    private Mono<List<String>> sourceOf(DatasetAccess clone, Caller caller) {
        String source = clone.srcDataset();
        return source == null
                ? Mono.just(List.of())
                : datasets.require(caller, source, Permission.READ_ITEM)
                        .map(access -> List.of(access.datasetId()))
                        .onErrorResume(
                                ErrorResponseException.class,
                                refused -> refused.getStatusCode() == HttpStatus.NOT_FOUND
                                        ? Mono.just(List.of())
                                        : Mono.error(refused));
    }
}
