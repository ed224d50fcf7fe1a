package io.sluice.modelservice.model;

import io.sluice.kit.access.ProjectAccess;
import io.sluice.kit.access.ProjectClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.docs.Conditional;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.Conflicts;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryParser;
import io.sluice.kit.query.Selection;
import io.sluice.kit.web.ETag;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Models (contract ml §D.1). */
@RestController
@RequestMapping("/api/v1/ml/models")
@Tag(name = "Models")
class ModelController {

    private static final String RESOURCE = "models";
    private static final MediaType MERGE_PATCH = MediaType.valueOf("application/merge-patch+json");

    private final Models models;
    private final ModelAccess access;
    private final Artifacts artifacts;
    private final ModelDependents dependents;
    private final ProjectClient projects;
    private final QueryParser queries;
    private final JsonMapper json;
    private final PublicUrl publicUrl;

    ModelController(
            Models models,
            ModelAccess access,
            Artifacts artifacts,
            ModelDependents dependents,
            ProjectClient projects,
            QueryParser queries,
            JsonMapper json,
            PublicUrl publicUrl) {
        this.models = models;
        this.access = access;
        this.artifacts = artifacts;
        this.dependents = dependents;
        this.projects = projects;
        this.queries = queries;
        this.json = json;
        this.publicUrl = publicUrl;
    }

    @PostMapping
    @Operation(
            summary = "Create a model",
            description = "In the project of projectId. The name is unique there. Members that the platform sets are"
                    + " ignored.")
    @Requires(Permission.CREATE_MODEL)
    Mono<ResponseEntity<ModelView>> create(
            @RequestBody Map<String, @Nullable Object> body, Caller caller, ServerHttpRequest request) {
        ModelContent content = models.said(body);
        return creatable(body, caller)
                .flatMap(project -> create(content, null, project, caller))
                .map(model -> reply(model, request));
    }

    /** @param known the file that can be run, when it is the original's */
    private Mono<Model> create(
            ModelContent content, @Nullable RunnableFile known, ProjectAccess project, Caller caller) {
        return artifacts
                .runnable(caller, project.projectId(), content, known)
                .flatMap(runnable ->
                        models.create(content, runnable, project.projectId(), project.organizationId(), caller));
    }

    private Mono<ProjectAccess> creatable(Map<String, @Nullable Object> body, Caller caller) {
        Object projectId = body.get("projectId");
        if (!(projectId instanceof String id) || !ObjectId.isValid(id)) {
            throw Problem.VALIDATION_FAILED.at(
                    "projectId", "must be the id of the project that the model is for: 24 hexadecimal characters");
        }
        return projects.require(caller, id, Permission.CREATE_MODEL);
    }

    @PostMapping("/query")
    @Operation(
            summary = "Find models",
            description = "In the query language, over the projects of context.projects; without them over all that the"
                    + " caller is a member of.")
    @Requires(Permission.READ_MODEL)
    Mono<Page<Object>> query(
            @RequestBody Map<String, @Nullable Object> body, Caller caller, ServerHttpRequest request) {
        Query query = queries.parse(body, RESOURCE);
        if (!query.resource().equals(RESOURCE)) {
            throw Problem.UNSUPPORTED.at("resource", "must be " + RESOURCE);
        }
        if (query.isChange()) {
            throw Problem.UNSUPPORTED.with("Models can be updated and deleted one by one only");
        }
        Selection selection = query.select();
        return access.projects(query, caller)
                .flatMap(projectIds -> models.page(projectIds, query))
                .map(page -> page.map(model -> {
                    ModelView view = view(model, request);
                    return selection == null ? view : selection.of(json.<ObjectNode>valueToTree(view));
                }));
    }

    @GetMapping("/{modelId}")
    @Operation(summary = "Get a model")
    @Requires(Permission.READ_MODEL)
    Mono<ResponseEntity<ModelView>> get(@PathVariable String modelId, Caller caller, ServerHttpRequest request) {
        return access.require(modelId, caller, Permission.READ_MODEL).map(model -> reply(model, request));
    }

    @PatchMapping("/{modelId}")
    @Operation(
            summary = "Change a model",
            description =
                    "By a merge patch (RFC 7396), or by what the SDK sends: as application/json, configuration and"
                            + " the members of metadata come whole. Members that the platform sets are ignored.")
    @Requires(Permission.UPDATE_MODEL)
    @Conditional
    Mono<ResponseEntity<ModelView>> update(
            @PathVariable String modelId,
            @Parameter(description = "Whether metadata.system is changed as well; else what is said of it is ignored")
                    @RequestParam(defaultValue = "false")
                    boolean system,
            @RequestBody Map<String, @Nullable Object> change,
            Caller caller,
            ServerHttpRequest request) {
        boolean isMergePatch = MERGE_PATCH.isCompatibleWith(request.getHeaders().getContentType());
        return Mono.defer(() -> access.require(modelId, caller, Permission.UPDATE_MODEL))
                .doOnNext(model -> etagOf(model, request).requireMatch(request))
                .flatMap(model -> {
                    ModelContent content = models.changed(model, change, isMergePatch, system);
                    return artifacts
                            .runnable(caller, model.projectId(), content, model.runnable())
                            .flatMap(runnable -> models.change(model, content, runnable, caller));
                })
                .retryWhen(Conflicts.retried())
                .map(model -> reply(model, request));
    }

    @PutMapping("/{modelId}/artifact")
    @Operation(
            summary = "Send a model's ONNX file",
            description = "The body is the file, of any content type. It is looked into before anything is kept: what"
                    + " cannot be run is refused. Then it is an item of the project's hidden dataset Binaries,"
                    + " /artifacts/models/<name>/model.onnx, and stands among the model's artifacts in place of the one"
                    + " that was run so far.")
    @Requires(Permission.UPDATE_MODEL)
    Mono<ResponseEntity<ModelView>> putArtifact(
            @PathVariable String modelId, Caller caller, ServerHttpRequest request) {
        return access.require(modelId, caller, Permission.UPDATE_MODEL)
                .flatMap(model -> artifacts.put(
                        caller,
                        model.projectId(),
                        models.content(model).wholeName(),
                        request.getHeaders().getContentLength(),
                        request.getBody()))
                .flatMap(file -> Mono.defer(() -> access.require(modelId, caller, Permission.UPDATE_MODEL))
                        .flatMap(model -> {
                            ModelContent content = models.running(model, file);
                            return artifacts
                                    .runnable(caller, model.projectId(), content, file)
                                    .flatMap(runnable -> models.change(model, content, runnable, caller));
                        })
                        .retryWhen(Conflicts.retried()))
                .map(model -> reply(model, request));
    }

    @DeleteMapping("/{modelId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Delete a model", description = "Its files stay among the items that they are.")
    @Requires(Permission.DELETE_MODEL)
    @Conditional
    Mono<Void> delete(@PathVariable String modelId, Caller caller, ServerHttpRequest request) {
        return Mono.defer(() -> access.require(modelId, caller, Permission.DELETE_MODEL))
                .doOnNext(model -> etagOf(model, request).requireMatch(request))
                .delayUntil(model -> dependents.deleteOfModel(model.id()))
                .flatMap(models::delete)
                .retryWhen(Conflicts.retried());
    }

    @PostMapping("/{modelId}/clone")
    @Operation(
            summary = "Make a model like another",
            description = "With the members that are named, and the rest as in the other one, its files among them:"
                    + " they are shared, for the bytes of an item never change. In the same project, unless projectId"
                    + " names another where the caller may make models; then without its files, which lie in its own.")
    @Requires(Permission.CREATE_MODEL)
    Mono<ResponseEntity<ModelView>> copy(
            @PathVariable String modelId,
            @RequestBody Map<String, @Nullable Object> body,
            Caller caller,
            ServerHttpRequest request) {
        return access.require(modelId, caller, Permission.READ_MODEL)
                .flatMap(original -> {
                    Map<String, @Nullable Object> wanted = new LinkedHashMap<>(body);
                    wanted.putIfAbsent("projectId", original.projectId());
                    wanted.putIfAbsent("status", "created");
                    boolean isOtherProject = !original.projectId().equals(wanted.get("projectId"));
                    if (isOtherProject) {
                        wanted.putIfAbsent("artifacts", List.of());
                        wanted.putIfAbsent("datasetId", null);
                    }
                    ModelContent content = models.changed(original, wanted, false, true);
                    return creatable(wanted, caller)
                            .flatMap(project ->
                                    create(content, isOtherProject ? null : original.runnable(), project, caller));
                })
                .map(model -> reply(model, request));
    }

    private ResponseEntity<ModelView> reply(Model model, ServerHttpRequest request) {
        return etagOf(model, request).reply(view(model, request));
    }

    private ModelView view(Model model, ServerHttpRequest request) {
        return ModelView.of(model, models.content(model), publicUrl.api(request));
    }

    private ETag etagOf(Model model, ServerHttpRequest request) {
        return ETag.of(model.id(), model.version(), publicUrl.api(request));
    }
}
