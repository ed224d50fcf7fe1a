package io.sluice.modelservice.app;

import io.sluice.kit.access.ProjectAccess;
import io.sluice.kit.access.ProjectClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.Conflicts;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryParser;
import io.sluice.kit.web.PublicUrl;
import io.sluice.modelservice.app.AppInstallation.Installed;
import io.sluice.modelservice.dpk.DpkAccess;
import io.sluice.modelservice.model.ModelAccess;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
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
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Apps: DPKs that are installed. */
@RestController
@RequestMapping("/api/v1/apps")
@Tag(name = "apps")
class AppController {

    private static final String RESOURCE = "apps";

    private final Apps apps;
    private final AppInstallation installation;
    private final DpkAccess dpks;
    private final ModelAccess models;
    private final ProjectClient projects;
    private final QueryParser queries;
    private final PublicUrl publicUrl;
    private final Clock clock;

    AppController(
            Apps apps,
            AppInstallation installation,
            DpkAccess dpks,
            ModelAccess models,
            ProjectClient projects,
            QueryParser queries,
            PublicUrl publicUrl,
            Clock clock) {
        this.apps = apps;
        this.installation = installation;
        this.dpks = dpks;
        this.models = models;
        this.projects = projects;
        this.queries = queries;
        this.publicUrl = publicUrl;
        this.clock = clock;
    }

    @PostMapping
    @Operation(
            summary = "Install a DPK in a project",
            description = "The one of dpkName that the project has, or else the one that its organization shares, in"
                    + " dpkVersion or its highest version. A model is made for each of its components.models: with its"
                    + " files where they are items of this project, and to be deployed by a request of its own. Modules,"
                    + " services, triggers, panels and all other components are kept and do nothing: no code is run.")
    @Requires(Permission.CREATE_MODEL)
    Mono<AppView> install(@RequestBody Map<String, @Nullable Object> body, Caller caller, ServerHttpRequest request) {
        if (!(body.get("projectId") instanceof String projectId) || !ObjectId.isValid(projectId)) {
            throw Problem.VALIDATION_FAILED.at(
                    "projectId", "must be the id of the project to install it in: 24 hexadecimal characters");
        }
        return projects.require(caller, projectId, Permission.CREATE_MODEL)
                .flatMap(project -> installation.install(body, project, caller))
                .map(installed -> view(installed, request));
    }

    @PostMapping("/query")
    @Operation(
            summary = "Find apps",
            description =
                    "In the query language, at most 100 on a page, over the projects of context.projects; without them"
                            + " over all that the caller is a member of.")
    @Requires(Permission.READ_MODEL)
    Mono<Page<AppView>> query(
            @RequestBody Map<String, @Nullable Object> body, Caller caller, ServerHttpRequest request) {
        Query query = queries.parseSearch(body, RESOURCE);
        String api = publicUrl.api(request);
        return models.projects(query, caller)
                .flatMap(projectIds -> apps.page(projectIds, query))
                .flatMap(page -> dpks.all(
                                page.items().stream().map(App::revisionId).toList())
                        .map(found -> page.map(app -> AppView.of(app, found.get(app.revisionId()), api))));
    }

    @GetMapping("/{appId}")
    @Operation(summary = "Get an app", description = "With the version of the DPK that is installed.")
    @Requires(Permission.READ_MODEL)
    Mono<AppView> get(@PathVariable String appId, Caller caller, ServerHttpRequest request) {
        return require(appId, caller, Permission.READ_MODEL, (app, project) -> Mono.just(app))
                .flatMap(app -> view(app, request));
    }

    @PutMapping("/{appId}")
    @Operation(
            summary = "Change an app",
            description =
                    "Its name, settings, customInstallation, and dpkVersion. With another version, a model is made for"
                            + " each component that is new, and what nobody has changed of the app's models is as the new version"
                            + " says. Members that the platform sets are ignored.")
    @Requires(Permission.UPDATE_MODEL)
    Mono<AppView> update(
            @PathVariable String appId,
            @RequestBody Map<String, @Nullable Object> body,
            Caller caller,
            ServerHttpRequest request) {
        return require(
                        appId,
                        caller,
                        Permission.UPDATE_MODEL,
                        (app, project) -> installation.update(app, body, project, caller))
                .map(installed -> view(installed, request));
    }

    @DeleteMapping("/{appId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Uninstall an app", description = "Its models stay; they are no app's any more.")
    @Requires(Permission.DELETE_MODEL)
    Mono<Void> uninstall(@PathVariable String appId, Caller caller) {
        return require(
                appId,
                caller,
                Permission.DELETE_MODEL,
                (app, project) -> installation.uninstall(app).then());
    }

    @PostMapping("/{appId}/activate")
    @Operation(
            summary = "Resume an app",
            description = "Says so of the app. Nothing runs for an app that would be resumed.")
    @Requires(Permission.UPDATE_MODEL)
    Mono<AppView> activate(@PathVariable String appId, Caller caller, ServerHttpRequest request) {
        return become(App.Status.INSTALLED, appId, caller, request);
    }

    @PostMapping("/{appId}/deactivate")
    @Operation(
            summary = "Pause an app",
            description =
                    "Says so of the app. Nothing runs for an app that would be paused: its models can be asked as before.")
    @Requires(Permission.UPDATE_MODEL)
    Mono<AppView> deactivate(@PathVariable String appId, Caller caller, ServerHttpRequest request) {
        return become(App.Status.UNINSTALLED, appId, caller, request);
    }

    private Mono<AppView> become(App.Status status, String appId, Caller caller, ServerHttpRequest request) {
        return require(
                        appId,
                        caller,
                        Permission.UPDATE_MODEL,
                        (app, project) -> apps.change(app.with(status, caller.userId(), clock.instant())))
                .flatMap(app -> view(app, request));
    }

    /** What is to be done with an app of a project. */
    @FunctionalInterface
    private interface Deed<T> {
        Mono<T> with(App app, ProjectAccess project);
    }

    /** Not a member and no such app look the same; what is no id at all is told so. */
    private <T> Mono<T> require(String appId, Caller caller, Permission permission, Deed<T> deed) {
        if (!ObjectId.isValid(appId)) {
            return Mono.error(Problem.VALIDATION_FAILED.at("appId", "must have 24 hexadecimal characters"));
        }
        return Mono.defer(() -> apps.find(appId))
                .switchIfEmpty(projects.refuse(caller, () -> unknown(appId)))
                .flatMap(app -> projects.require(caller, app.projectId(), permission, () -> unknown(appId))
                        .flatMap(project -> deed.with(app, project)))
                .retryWhen(Conflicts.retried());
    }

    private static ErrorResponseException unknown(String appId) {
        return Problem.NOT_FOUND.with("No app " + appId);
    }

    private AppView view(Installed installed, ServerHttpRequest request) {
        return AppView.of(installed.app(), installed.dpk(), publicUrl.api(request));
    }

    private Mono<AppView> view(App app, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        return dpks.all(List.of(app.revisionId())).map(found -> AppView.of(app, found.get(app.revisionId()), api));
    }
}
