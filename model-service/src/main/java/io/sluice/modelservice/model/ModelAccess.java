package io.sluice.modelservice.model;

import io.sluice.kit.access.ProjectAccess;
import io.sluice.kit.access.ProjectClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.Conflicts;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.Query;
import io.sluice.modelservice.configuration.InputConfiguration;
import io.sluice.modelservice.configuration.ModelConfiguration;
import io.sluice.modelservice.configuration.RemoteConfiguration;
import io.sluice.modelservice.runtime.ModelSource;
import io.sluice.modelservice.runtime.RemoteModel;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Models that a caller may use. */
@Component
public class ModelAccess {

    private static final int AT_ONCE = 8;

    private final Models models;
    private final Artifacts artifacts;
    private final ProjectClient projects;

    ModelAccess(Models models, Artifacts artifacts, ProjectClient projects) {
        this.models = models;
        this.artifacts = artifacts;
        this.projects = projects;
    }

    /** Not a member and no such model look the same; what is no id at all is told so. */
    public Mono<Model> require(String modelId, Caller caller, Permission permission) {
        if (!ObjectId.isValid(modelId)) {
            return Mono.error(Problem.VALIDATION_FAILED.at("modelId", "must have 24 hexadecimal characters"));
        }
        return models.find(modelId)
                .switchIfEmpty(projects.refuse(caller, () -> unknown(modelId)))
                .delayUntil(model -> projects.require(caller, model.projectId(), permission, () -> unknown(modelId)));
    }

    private static ErrorResponseException unknown(String modelId) {
        return Problem.NOT_FOUND.with("No model " + modelId);
    }

    /** Empty when there is no such model any more. */
    public Mono<Model> find(String modelId) {
        return models.find(modelId);
    }

    /** The file that can be run; {@link Problem#UNSUPPORTED} when the model has none. */
    public static RunnableFile file(Model model) {
        RunnableFile file = model.runnable();
        if (file == null) {
            throw Problem.UNSUPPORTED.with("The model " + model.id()
                    + " has no file that can be run; send one to /ml/models/" + model.id() + "/artifact");
        }
        return file;
    }

    /** Whether it is one of another server. */
    public boolean isRemote(Model model) {
        return declared(model).remote() != null;
    }

    /** What {@link #file} names, on this machine; or the model of another server that its configuration names. */
    public Mono<ModelSource> source(Model model) {
        return Mono.defer(() -> {
            RemoteConfiguration remote = declared(model).remote();
            if (remote != null) {
                return Mono.just(ModelSource.of(new RemoteModel(remote.server(), remote.model(), remote.version())));
            }
            InputConfiguration input = declared(model).input();
            return artifacts.source(file(model), input == null ? null : input.batchSize());
        });
    }

    /** The tokenizer of {@link #file}, on this machine; empty when it has none, as a model of another server. */
    public Mono<Optional<Path>> tokenizer(Model model) {
        return Mono.justOrEmpty(Optional.ofNullable(model.runnable()).map(RunnableFile::tokenizer))
                .flatMap(artifacts::tokenizer)
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty());
    }

    /**
     * Changes a model by a merge patch (RFC 7396), {@code metadata.system} too.
     *
     * @param modelId of a model that the caller may change
     */
    public Mono<Model> change(String modelId, Map<String, @Nullable Object> patch, Caller caller) {
        return Mono.defer(() -> models.find(modelId))
                .switchIfEmpty(Mono.error(() -> unknown(modelId)))
                .flatMap(model -> models.change(
                        model, models.changed(model, patch, true, true), Optional.ofNullable(model.runnable()), caller))
                .retryWhen(Conflicts.retried());
    }

    /** The projects that a query is about; the caller may see their models. */
    public Mono<List<String>> projects(Query query, Caller caller) {
        caller.require(Permission.READ_MODEL);
        return query.projects().isEmpty()
                ? projects.all(caller).collectList()
                : Flux.fromIterable(query.projects())
                        .distinct()
                        .flatMapSequential(
                                projectId -> projects.require(caller, projectId, Permission.READ_MODEL), AT_ONCE)
                        .map(ProjectAccess::projectId)
                        .collectList();
    }

    /** One page of the models of some projects, and how many match in all. */
    public Mono<Page<Model>> page(Collection<String> projectIds, Query asked) {
        return models.page(projectIds, asked);
    }

    /** Whether it can be asked about items. */
    public boolean isDeployed(Model model) {
        return model.content()
                                .object("metadata")
                                .object("system")
                                .object("deploy")
                                .members()
                                .get("services")
                        instanceof List<?> services
                && !services.isEmpty();
    }

    /** What its configuration declares. */
    public ModelConfiguration declared(Model model) {
        return models.content(model).declared();
    }

    /** How people call it. */
    public String name(Model model) {
        return models.content(model).wholeName();
    }
}
