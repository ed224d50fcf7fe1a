package io.sluice.modelservice.execution;

import io.sluice.kit.access.ProjectClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.command.Command;
import io.sluice.kit.command.CommandProperties;
import io.sluice.kit.command.Commands;
import io.sluice.kit.error.Problem;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryParser;
import io.sluice.kit.web.ETag;
import io.sluice.kit.web.PublicUrl;
import io.sluice.modelservice.model.Model;
import io.sluice.modelservice.model.ModelAccess;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
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
import reactor.core.publisher.Mono;

/** Asking models about many items, and what became of it (contract ml §D.2, §D.3). */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Executions")
class ExecutionController {

    private static final String SERVICES = "services";
    private static final String EXECUTIONS = "executions";
    private static final int MOST_LOGS = 1_000;

    private final ModelAccess models;
    private final ExecutionAcceptance acceptance;
    private final Executions executions;
    private final ExecutionLog log;
    private final Commands commands;
    private final CommandProperties properties;
    private final ProjectClient projects;
    private final QueryParser queries;
    private final PublicUrl publicUrl;

    ExecutionController(
            ModelAccess models,
            ExecutionAcceptance acceptance,
            Executions executions,
            ExecutionLog log,
            Commands commands,
            CommandProperties properties,
            ProjectClient projects,
            QueryParser queries,
            PublicUrl publicUrl) {
        this.models = models;
        this.acceptance = acceptance;
        this.executions = executions;
        this.log = log;
        this.commands = commands;
        this.properties = properties;
        this.projects = projects;
        this.queries = queries;
        this.publicUrl = publicUrl;
    }

    @PostMapping("/ml/models/{modelId}/predict")
    @Operation(
            summary = "Ask a model about many items",
            description =
                    "About the items of input.itemIds, or those of input.datasetId that match input.datasetQuery; without"
                            + " that all files that are not hidden. What it says is kept as annotations, with the model and its"
                            + " confidence in metadata.user.model; what an item has already is not added again.")
    @Requires(Permission.RUN_MODEL)
    Mono<ResponseEntity<ExecutionView>> predict(
            @PathVariable String modelId,
            @RequestBody Map<String, @Nullable Object> body,
            Caller caller,
            ServerHttpRequest request) {
        return start(modelId, PredictionWork.ANNOTATING, body, caller, request);
    }

    @PostMapping("/ml/models/{modelId}/embed")
    @Operation(
            summary = "Make vectors of many items",
            description =
                    "Of the items as for predict, by a model whose output is an embedding. They are kept in the feature"
                            + " set of the model, which is made when there is none; a vector that an item has there already is"
                            + " replaced.")
    @Requires(Permission.CREATE_ITEM)
    Mono<ResponseEntity<ExecutionView>> embed(
            @PathVariable String modelId,
            @RequestBody Map<String, @Nullable Object> body,
            Caller caller,
            ServerHttpRequest request) {
        return start(modelId, PredictionWork.EMBEDDING, body, caller, request);
    }

    @PostMapping("/ml/models/{modelId}/evaluate")
    @Operation(
            summary = "Compare a model with people",
            description =
                    "Asks the model about the items of input.datasetId that match input.datasetQuery, and compares what it"
                            + " says with their annotations that no model has made. The figures are the model's metrics,"
                            + " in place of those of the last evaluation with the same dataset; no annotation is made.")
    @Requires(Permission.UPDATE_MODEL)
    Mono<ResponseEntity<ExecutionView>> evaluate(
            @PathVariable String modelId,
            @RequestBody Map<String, @Nullable Object> body,
            Caller caller,
            ServerHttpRequest request) {
        return start(modelId, PredictionWork.EVALUATING, body, caller, request);
    }

    @PostMapping("/ml/models/{modelId}/train")
    @Operation(
            summary = "Train a model",
            description =
                    "Not possible here: models are asked, not trained. Always refused, with what can be done instead.")
    @Requires(Permission.UPDATE_MODEL)
    Mono<Void> train(@PathVariable String modelId, Caller caller) {
        return models.require(modelId, caller, Permission.UPDATE_MODEL)
                .then(Mono.error(() -> Problem.UNSUPPORTED.with(
                        "Models are not trained here; train it elsewhere and send the ONNX file to /ml/models/"
                                + modelId + "/artifact")));
    }

    private Mono<ResponseEntity<ExecutionView>> start(
            String modelId, String type, Map<String, @Nullable Object> body, Caller caller, ServerHttpRequest request) {
        boolean isEvaluation = type.equals(PredictionWork.EVALUATING);
        return models.require(modelId, caller, isEvaluation ? Permission.UPDATE_MODEL : Permission.RUN_MODEL)
                .flatMap(model -> acceptance.accept(caller, model, type, ExecutionInput.parse(body, queries)))
                .map(execution -> reply(execution, request));
    }

    @PostMapping("/ml/models/{modelId}/deploy")
    @Operation(
            summary = "Deploy a model",
            description =
                    "Says that the model can be asked about items; the SDK asks only those that say so. Every replica runs"
                            + " every model, so there is nothing to be configured: serviceConfig is ignored. Once more is as good as"
                            + " once.")
    @Requires(Permission.UPDATE_MODEL)
    Mono<ServiceView> deploy(@PathVariable String modelId, Caller caller, ServerHttpRequest request) {
        return models.require(modelId, caller, Permission.UPDATE_MODEL)
                .doOnNext(ModelAccess::file)
                .flatMap(model -> models.isDeployed(model)
                        ? Mono.just(model)
                        : models.change(model.id(), deployedAs("deployed", List.of(model.id())), caller))
                .map(model -> view(model, request));
    }

    private static Map<String, @Nullable Object> deployedAs(String status, List<String> services) {
        return Map.of("status", status, "metadata", Map.of("system", Map.of("deploy", Map.of("services", services))));
    }

    @GetMapping("/services/{serviceId}")
    @Operation(summary = "Get a service", description = "A model that is deployed.")
    @Requires(Permission.READ_MODEL)
    Mono<ServiceView> service(@PathVariable String serviceId, Caller caller, ServerHttpRequest request) {
        return deployed(serviceId, caller, Permission.READ_MODEL).map(model -> view(model, request));
    }

    @DeleteMapping("/services/{serviceId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Delete a service",
            description =
                    "The model stays and is not deployed any more; executions that are under way end as they would.")
    @Requires(Permission.UPDATE_MODEL)
    Mono<Void> undeploy(@PathVariable String serviceId, Caller caller) {
        return deployed(serviceId, caller, Permission.UPDATE_MODEL)
                .flatMap(model -> models.change(model.id(), deployedAs("pre-trained", List.of()), caller))
                .then();
    }

    private Mono<Model> deployed(String serviceId, Caller caller, Permission permission) {
        return models.require(serviceId, caller, permission)
                .filter(models::isDeployed)
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("No service " + serviceId)));
    }

    /**
     * Which lines are wanted.
     *
     * @param executionId ids of executions
     */
    record LogsQuery(
            @Nullable List<String> executionId,
            @Nullable String serviceId,
            @Nullable String projectId) {}

    /** A line of a log. */
    record LogLine(String executionId, String itemId, String level, String message, String timestamp) {}

    /**
     * Lines of logs.
     *
     * @param checkpoint null: they come at once
     * @param stop whether there will be no more
     */
    record Logs(List<LogLine> logs, @Nullable String checkpoint, boolean stop) {}

    @PostMapping("/services/logs")
    @Operation(
            summary = "Read the log of an execution",
            description = "A line for each item that the model could not be asked about, at most 1,000.")
    @Requires(Permission.READ_MODEL)
    Mono<Logs> logs(@RequestBody LogsQuery query, Caller caller) {
        List<String> ids = query.executionId();
        if (ids == null || ids.size() != 1) {
            throw Problem.VALIDATION_FAILED.at("executionId", "must be a list with the id of one execution");
        }
        return visible(ids.get(0), caller, Permission.READ_MODEL)
                .flatMap(execution -> log.of(execution.id(), MOST_LOGS)
                        .map(line -> new LogLine(
                                line.executionId(),
                                line.itemId(),
                                "WARNING",
                                line.message(),
                                line.timestamp().toString()))
                        .collectList()
                        .map(lines -> new Logs(lines, null, true)));
    }

    @GetMapping("/executions/{executionId}")
    @Operation(summary = "Get an execution", description = "How far it is, and what came of it.")
    @Requires(Permission.READ_MODEL)
    Mono<ResponseEntity<ExecutionView>> get(
            @PathVariable String executionId, Caller caller, ServerHttpRequest request) {
        return visible(executionId, caller, Permission.READ_MODEL).map(execution -> reply(execution, request));
    }

    @PostMapping("/executions/{executionId}/terminate")
    @Operation(
            summary = "End an execution",
            description = "It stops before its next step; what is done stays done. One that has ended stays as it is.")
    @Requires(Permission.RUN_MODEL)
    Mono<ResponseEntity<ExecutionView>> terminate(
            @PathVariable String executionId, Caller caller, ServerHttpRequest request) {
        return visible(executionId, caller, Permission.RUN_MODEL)
                .flatMap(execution -> execution.isUnfinished() ? commands.abort(executionId) : Mono.just(execution))
                .switchIfEmpty(Mono.error(() -> unknown(executionId)))
                .map(execution -> reply(execution, request));
    }

    @PostMapping("/executions/{executionId}/rerun")
    @Operation(summary = "Carry out an execution again", description = "As a new one, with the model as it is now.")
    @Requires(Permission.RUN_MODEL)
    Mono<ResponseEntity<ExecutionView>> rerun(
            @PathVariable String executionId, Caller caller, ServerHttpRequest request) {
        return visible(executionId, caller, Permission.RUN_MODEL)
                .flatMap(execution -> start(
                        Execution.modelIdOf(execution),
                        execution.type(),
                        Map.of(Execution.INPUT, Execution.inputOf(execution).members()),
                        caller,
                        request));
    }

    @PostMapping("/query/faas")
    @Operation(
            summary = "Find executions or services",
            description =
                    "In the query language; resource says which. Over the projects of context.projects; without them over"
                            + " all that the caller is a member of.")
    @Requires(Permission.READ_MODEL)
    Mono<Page<Object>> query(
            @RequestBody Map<String, @Nullable Object> body, Caller caller, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        Object resource = body.get("resource");
        if (SERVICES.equals(resource)) {
            Query query = queries.parse(ofDeployed(body), SERVICES);
            return projects(query, caller)
                    .flatMap(projectIds -> models.page(projectIds, query))
                    .map(page -> page.map(model -> view(model, request)));
        }
        if (resource != null && !EXECUTIONS.equals(resource)) {
            throw Problem.UNSUPPORTED.at("resource", "must be executions or services");
        }
        Query query = queries.parse(Executions.inStoredWords(body), EXECUTIONS);
        return projects(query, caller)
                .flatMap(projectIds -> executions.page(projectIds, query))
                .map(page -> page.map(execution -> ExecutionView.of(execution, api)));
    }

    private static Map<String, @Nullable Object> ofDeployed(Map<String, @Nullable Object> body) {
        Map<String, @Nullable Object> wanted = new LinkedHashMap<>(body);
        Object filter = body.get("filter");
        wanted.put(
                "filter",
                Map.of(
                        "$and",
                        List.of(
                                Map.of("status", "deployed"),
                                filter instanceof Map<?, ?> some && !some.isEmpty() ? some : Map.of())));
        return wanted;
    }

    private Mono<List<String>> projects(Query query, Caller caller) {
        if (query.isChange()) {
            throw Problem.UNSUPPORTED.with("These cannot be changed by a query");
        }
        return models.projects(query, caller);
    }

    /** Not a member and no such execution look the same; what is no id at all is told so. */
    private Mono<Command> visible(String executionId, Caller caller, Permission permission) {
        if (!ObjectId.isValid(executionId)) {
            return Mono.error(Problem.VALIDATION_FAILED.at("executionId", "must have 24 hexadecimal characters"));
        }
        return commands.find(executionId)
                .switchIfEmpty(projects.refuse(caller, () -> unknown(executionId)))
                .delayUntil(execution ->
                        projects.require(caller, execution.projectId(), permission, () -> unknown(executionId)));
    }

    private static ErrorResponseException unknown(String executionId) {
        return Problem.NOT_FOUND.with("No execution " + executionId);
    }

    private ServiceView view(Model model, ServerHttpRequest request) {
        return ServiceView.of(model, models.name(model), properties.atOnce(), publicUrl.api(request));
    }

    private ResponseEntity<ExecutionView> reply(Command execution, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        return ETag.of(execution.id(), execution.revision(), api).reply(ExecutionView.of(execution, api));
    }
}
