package io.sluice.modelservice.metric;

import io.sluice.kit.access.ProjectClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryParser;
import io.sluice.kit.web.PublicUrl;
import io.sluice.modelservice.metric.Samples.Sample;
import io.sluice.modelservice.model.Model;
import io.sluice.modelservice.model.ModelAccess;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** How well models do (contract ml §D.1). */
@RestController
@RequestMapping("/api/v1/ml/metrics")
@Tag(name = "Model Metrics")
class MetricController {

    private static final String RESOURCE = "metrics";

    /** Of one model; beyond it nothing more is published. */
    static final int MOST_OF_MODEL = 100_000;

    private final Metrics metrics;
    private final ModelAccess models;
    private final ProjectClient projects;
    private final QueryParser queries;
    private final PublicUrl publicUrl;
    private final Clock clock;

    MetricController(
            Metrics metrics,
            ModelAccess models,
            ProjectClient projects,
            QueryParser queries,
            PublicUrl publicUrl,
            Clock clock) {
        this.metrics = metrics;
        this.models = models;
        this.projects = projects;
        this.queries = queries;
        this.publicUrl = publicUrl;
        this.clock = clock;
    }

    /**
     * What became of samples. One that is wrong keeps all from being stored.
     *
     * @param failed always 0: a sample that cannot be kept fails the request
     * @param errorMap always empty
     */
    record Published(int succeeded, int failed, Map<String, Object> errorMap) {}

    @PostMapping("/publish")
    @Operation(
            summary = "Publish metrics",
            description =
                    "Points of lines in figures about models: a sample or up to 1,000 of them. When one is wrong, none is"
                            + " kept. A model may have 100,000.")
    @Requires(Permission.UPDATE_MODEL)
    Mono<Published> publish(@RequestBody Object body, Caller caller) {
        List<Sample> samples = Samples.of(body);
        return Flux.fromStream(samples.stream().map(Sample::modelId).distinct())
                .concatMap(modelId -> models.require(modelId, caller, Permission.UPDATE_MODEL)
                        .delayUntil(model -> requireRoom(
                                model,
                                samples.stream()
                                        .filter(sample -> sample.modelId().equals(modelId))
                                        .count())))
                .collectMap(Model::id)
                .flatMap(found -> metrics.insert(samples.stream()
                        .map(sample -> metric(sample, Objects.requireNonNull(found.get(sample.modelId())), caller))
                        .toList()))
                .thenReturn(new Published(samples.size(), 0, Map.of()));
    }

    private Mono<Void> requireRoom(Model model, long more) {
        return metrics.count(model.id(), MOST_OF_MODEL)
                .flatMap(count -> count + more > MOST_OF_MODEL
                        ? Mono.error(Problem.UNSUPPORTED.with("The model " + model.id() + " has " + count
                                + " metrics, and may have " + MOST_OF_MODEL + "; delete some"))
                        : Mono.empty());
    }

    private Metric metric(Sample sample, Model model, Caller caller) {
        return new Metric(
                Metric.newId(),
                model.id(),
                model.projectId(),
                model.organizationId(),
                sample.datasetId(),
                sample.figure(),
                sample.legend(),
                sample.data(),
                null,
                caller.userId(),
                clock.instant());
    }

    @PostMapping("/query")
    @Operation(
            summary = "Find metrics",
            description =
                    "In the query language, such as by modelId, datasetId, figure and legend; over the projects of"
                            + " context.projects, without them over all that the caller is a member of.")
    @Requires(Permission.READ_MODEL)
    Mono<Page<MetricView>> query(
            @RequestBody Map<String, @Nullable Object> body, Caller caller, ServerHttpRequest request) {
        Query query = queries.parseSearch(body, RESOURCE);
        String api = publicUrl.api(request);
        return models.projects(query, caller)
                .flatMap(projectIds -> metrics.page(projectIds, query))
                .map(page -> page.map(metric -> MetricView.of(metric, api)));
    }

    @GetMapping("/{metricId}")
    @Operation(summary = "Get a metric")
    @Requires(Permission.READ_MODEL)
    Mono<MetricView> get(@PathVariable String metricId, Caller caller, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        return visible(metricId, caller, Permission.READ_MODEL).map(metric -> MetricView.of(metric, api));
    }

    @DeleteMapping("/{metricId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Delete a metric", description = "All of a model go when it is deleted.")
    @Requires(Permission.UPDATE_MODEL)
    Mono<Void> delete(@PathVariable String metricId, Caller caller) {
        return visible(metricId, caller, Permission.UPDATE_MODEL).flatMap(metrics::delete);
    }

    /** Not a member and no such metric look the same; what is no id at all is told so. */
    private Mono<Metric> visible(String metricId, Caller caller, Permission permission) {
        if (!ObjectId.isValid(metricId)) {
            return Mono.error(Problem.VALIDATION_FAILED.at("metricId", "must have 24 hexadecimal characters"));
        }
        return metrics.find(metricId)
                .switchIfEmpty(projects.refuse(caller, () -> unknown(metricId)))
                .delayUntil(
                        metric -> projects.require(caller, metric.projectId(), permission, () -> unknown(metricId)));
    }

    private static ErrorResponseException unknown(String metricId) {
        return Problem.NOT_FOUND.with("No metric " + metricId);
    }
}
