package io.sluice.itemservice.feature;

import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.access.ProjectClient;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.Query;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Feature vectors (contract ml §C). */
@RestController
@RequestMapping("/api/v1/features/vectors")
@Tag(name = "Feature Vectors")
class FeatureVectorController {

    /** As many datasets as are counted at once. */
    static final int MOST_DATASETS = 1_000;

    /** What a query calls them. */
    static final String RESOURCE = "feature_vectors";

    private final FeatureVectors vectors;
    private final VectorCreation creation;
    private final FeatureQueries queries;
    private final FeatureProperties properties;
    private final DatasetClient datasets;
    private final ProjectClient projects;
    private final PublicUrl publicUrl;

    FeatureVectorController(
            FeatureVectors vectors,
            VectorCreation creation,
            FeatureQueries queries,
            FeatureProperties properties,
            DatasetClient datasets,
            ProjectClient projects,
            PublicUrl publicUrl) {
        this.vectors = vectors;
        this.creation = creation;
        this.queries = queries;
        this.properties = properties;
        this.datasets = datasets;
        this.projects = projects;
        this.publicUrl = publicUrl;
    }

    @PostMapping
    @Operation(
            summary = "Make feature vectors",
            description = "One vector or a list; the answer is a list in the same order. Each belongs to an item, an"
                    + " annotation or a dataset, as its set says, goes with it, and has as many numbers as the set"
                    + " says. When one is wrong, none is kept, and the answer names its place in the list and the"
                    + " field.")
    @Requires(Permission.CREATE_ITEM)
    Mono<List<FeatureVectorView>> create(@RequestBody Object body, Caller caller, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        List<NewVector> wanted = Input.each(body, properties.mostAtOnce(), "vectors").stream()
                .map(NewVector::parse)
                .toList();
        return creation.create(wanted, caller).map(made -> views(made, api));
    }

    private static List<FeatureVectorView> views(List<FeatureVector> vectors, String api) {
        return vectors.stream().map(vector -> FeatureVectorView.of(vector, api)).toList();
    }

    @GetMapping
    @Operation(
            summary = "List feature vectors",
            description = "Of all projects that the caller is a member of, in the order of their creation.")
    @OpenTo(Audience.SIGNED_IN)
    Mono<List<FeatureVectorView>> list(
            @Parameter(description = "The page, from 0") @RequestParam(defaultValue = "0") int page,
            @Parameter(description = "Vectors on a page, at most 1000") @RequestParam(defaultValue = "100")
                    int pageSize,
            Caller caller,
            ServerHttpRequest request) {
        String api = publicUrl.api(request);
        Query query = queries.parse(Map.of("page", page, "pageSize", pageSize), RESOURCE);
        return queries.all(caller)
                .flatMap(projectIds -> vectors.page(projectIds, query))
                .map(found -> views(found.items(), api));
    }

    @PostMapping("/query")
    @Operation(
            summary = "Find feature vectors",
            description = "In the query language, over the projects of context.projects; without them over all that the"
                    + " caller is a member of.")
    @Requires(Permission.READ_ITEM)
    Mono<Page<Object>> query(
            @RequestBody Map<String, @Nullable Object> body, Caller caller, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        Query query = queries.parse(body, RESOURCE);
        return queries.projects(query, caller)
                .flatMap(projectIds -> vectors.page(projectIds, query))
                .map(page -> queries.selected(query, page.map(vector -> FeatureVectorView.of(vector, api))));
    }

    /** @param datasetIds the datasets whose vectors are counted */
    record CountForm(@Nullable String projectId, @Nullable List<@Nullable String> datasetIds) {}

    @PostMapping("/project-count-aggregation")
    @Operation(
            summary = "Count vectors by set",
            description = "How many vectors of each set the datasets have; sets without any are left out.")
    @Requires(Permission.READ_ITEM)
    Flux<FeatureVectors.SetCount> count(@RequestBody CountForm form, Caller caller) {
        String projectId = form.projectId();
        List<@Nullable String> datasetIds = form.datasetIds();
        if (projectId == null) {
            throw Problem.VALIDATION_FAILED.at("projectId", "is missing");
        }
        if (datasetIds == null || datasetIds.size() > MOST_DATASETS) {
            throw Problem.VALIDATION_FAILED.at("datasetIds", "must be a list of at most " + MOST_DATASETS + " ids");
        }
        List<String> ids = datasetIds.stream().map(String::valueOf).toList();
        return projects.require(caller, projectId, Permission.READ_ITEM)
                .flatMapMany(access -> vectors.countBySet(access.projectId(), ids));
    }

    @GetMapping("/{featureVectorId}")
    @Operation(summary = "Get a feature vector")
    @Requires(Permission.READ_ITEM)
    Mono<FeatureVectorView> get(@PathVariable String featureVectorId, Caller caller, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        return visible(featureVectorId, caller, Permission.READ_ITEM).map(vector -> FeatureVectorView.of(vector, api));
    }

    @DeleteMapping("/{featureVectorId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Delete a feature vector")
    @Requires(Permission.DELETE_ITEM)
    Mono<Void> delete(@PathVariable String featureVectorId, Caller caller) {
        return visible(featureVectorId, caller, Permission.DELETE_ITEM)
                .flatMap(vector -> vectors.delete(List.of(vector.id())));
    }

    /** Not a member and no such vector look the same; what is no id at all is told so. */
    private Mono<FeatureVector> visible(String vectorId, Caller caller, Permission permission) {
        if (!ObjectId.isValid(vectorId)) {
            return Mono.error(Problem.VALIDATION_FAILED.at("featureVectorId", "must have 24 hexadecimal characters"));
        }
        return vectors.find(vectorId)
                .switchIfEmpty(datasets.refuse(caller, () -> unknown(vectorId)))
                .delayUntil(
                        vector -> datasets.require(caller, vector.datasetId(), permission, () -> unknown(vectorId)));
    }

    static ErrorResponseException unknown(String vectorId) {
        return Problem.NOT_FOUND.with("No feature vector " + vectorId);
    }
}
