package io.sluice.datasetservice.dataset;

import com.mongodb.client.model.Filters;
import io.sluice.datasetservice.project.ProjectAccess;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.docs.Conditional;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.Conflicts;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryParser;
import io.sluice.kit.web.ETag;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Datasets (contract core §4). */
@RestController
@RequestMapping("/api/v1/datasets")
@Tag(name = "Datasets")
class DatasetController {

    private static final int VIEWED_AT_ONCE = 100;

    private final DatasetAccess access;
    private final ProjectAccess projects;
    private final DatasetCreation creation;
    private final DatasetEdit edit;
    private final DatasetDeletion deletion;
    private final DatasetSearch search;
    private final QueryParser queries;
    private final DatasetViews views;
    private final PublicUrl publicUrl;

    DatasetController(
            DatasetAccess access,
            ProjectAccess projects,
            DatasetCreation creation,
            DatasetEdit edit,
            DatasetDeletion deletion,
            DatasetSearch search,
            QueryParser queries,
            DatasetViews views,
            PublicUrl publicUrl) {
        this.access = access;
        this.projects = projects;
        this.creation = creation;
        this.edit = edit;
        this.deletion = deletion;
        this.search = search;
        this.queries = queries;
        this.views = views;
        this.publicUrl = publicUrl;
    }

    @Operation(summary = "Create a dataset in a project")
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Requires(Permission.CREATE_DATASET)
    Mono<ResponseEntity<DatasetView>> create(
            Caller caller, @RequestBody NewDataset dataset, ServerHttpRequest request) {
        NewDataset wanted = dataset.checked();
        return projects.require(caller, wanted.projectId(), Permission.CREATE_DATASET)
                .then(Mono.defer(() -> creation.create(wanted, caller.userId())))
                .flatMap(created -> views.of(created, publicUrl.api(request))
                        .map(view -> tag(created, view).created(view.url(), view)));
    }

    @Operation(summary = "All datasets that the caller can see, those of the platform itself only when asked for")
    @GetMapping
    @OpenTo(Audience.SIGNED_IN)
    Flux<DatasetView> list(
            Caller caller,
            @Parameter(description = "The name of the dataset") @RequestParam(required = false) @Nullable String name,
            @Parameter(description = "The e-mail address of who made it") @RequestParam(required = false) @Nullable
                    String creator,
            @Parameter(description = "The ids of the projects to look in; none for all")
                    @RequestParam(defaultValue = "")
                    List<String> projects,
            @Parameter(description = "Whether those of the platform itself, too") @RequestParam(defaultValue = "false")
                    boolean system,
            ServerHttpRequest request) {
        List<Bson> filters = new ArrayList<>(List.of(Filters.empty()));
        if (name != null) {
            filters.add(Filters.eq("name", name));
        }
        if (creator != null) {
            filters.add(Filters.eq("creator", creator));
        }
        return search.all(caller, projects, system, Filters.and(filters))
                .buffer(VIEWED_AT_ONCE)
                .concatMap(some -> views.of(some, publicUrl.api(request)))
                .flatMapIterable(some -> some);
    }

    @Operation(summary = "One page of the datasets that a query describes")
    @PostMapping("/query")
    @OpenTo(Audience.SIGNED_IN)
    Mono<Page<DatasetView>> query(
            Caller caller, @RequestBody Map<String, @Nullable Object> body, ServerHttpRequest request) {
        Query query = queries.parse(body, "datasets");
        if (query.isChange()) {
            throw Problem.UNSUPPORTED.with("Datasets can be updated and deleted one by one only");
        }
        return search.page(caller, query, publicUrl.api(request));
    }

    @Operation(summary = "One dataset")
    @GetMapping("/{datasetId}")
    @Requires(Permission.READ_DATASET)
    Mono<ResponseEntity<DatasetView>> get(Caller caller, @PathVariable String datasetId, ServerHttpRequest request) {
        return access.require(caller, datasetId, Permission.READ_DATASET).flatMap(dataset -> reply(dataset, request));
    }

    @Operation(summary = "Change name, metadata and expiration of a dataset; other members of the body are ignored")
    @PatchMapping("/{datasetId}")
    @Requires(Permission.UPDATE_DATASET)
    @Conditional
    Mono<ResponseEntity<DatasetView>> update(
            Caller caller,
            @PathVariable String datasetId,
            @Parameter(description = "Whether metadata.system may be changed") @RequestParam(defaultValue = "false")
                    boolean system,
            @RequestBody DatasetPatch patch,
            ServerHttpRequest request) {
        return Mono.defer(() -> access.require(caller, datasetId, Permission.UPDATE_DATASET))
                .flatMap(dataset -> requireMatch(dataset, request))
                .flatMap(dataset -> edit.apply(patch, system, dataset, caller.userId()))
                .retryWhen(Conflicts.retried())
                .flatMap(dataset -> reply(dataset, request));
    }

    @Operation(summary = "Unlock a dataset that an export has locked")
    @PatchMapping("/{datasetId}/unlock")
    @Requires(Permission.UPDATE_DATASET)
    Mono<ResponseEntity<DatasetView>> unlock(Caller caller, @PathVariable String datasetId, ServerHttpRequest request) {
        return Mono.defer(() -> access.require(caller, datasetId, Permission.UPDATE_DATASET))
                .flatMap(dataset -> edit.unlock(dataset, caller.userId()))
                .retryWhen(Conflicts.retried())
                .flatMap(dataset -> reply(dataset, request));
    }

    @Operation(summary = "Delete a dataset with all its items")
    @DeleteMapping("/{datasetId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Requires(Permission.DELETE_DATASET)
    @Conditional
    Mono<Void> delete(Caller caller, @PathVariable String datasetId, ServerHttpRequest request) {
        return Mono.defer(() -> access.require(caller, datasetId, Permission.DELETE_DATASET))
                .flatMap(dataset -> requireMatch(dataset, request))
                .flatMap(dataset -> {
                    if (dataset.system()) {
                        throw Problem.FORBIDDEN.with("The dataset " + dataset.name() + " goes with its project only");
                    }
                    return deletion.begin(dataset.id(), dataset.version());
                })
                .retryWhen(Conflicts.retried());
    }

    private Mono<Dataset> requireMatch(Dataset dataset, ServerHttpRequest request) {
        if (!request.getHeaders().containsHeader(HttpHeaders.IF_MATCH)) {
            return Mono.just(dataset);
        }
        return views.of(dataset, publicUrl.api(request))
                .doOnNext(view -> tag(dataset, view).requireMatch(request))
                .thenReturn(dataset);
    }

    private Mono<ResponseEntity<DatasetView>> reply(Dataset dataset, ServerHttpRequest request) {
        return views.of(dataset, publicUrl.api(request))
                .map(view -> tag(dataset, view).reply(view));
    }

    /** What is shown depends on the dataset, on what item-service counts, on locks that run out and on the address of links. */
    private static ETag tag(Dataset dataset, DatasetView view) {
        return ETag.of(
                dataset.id(),
                dataset.version(),
                view.itemsCount(),
                view.annotated(),
                view.annotationsCount(),
                view.readonly(),
                view.url());
    }
}
