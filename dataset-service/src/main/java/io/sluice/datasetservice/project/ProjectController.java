package io.sluice.datasetservice.project;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.docs.Conditional;
import io.sluice.kit.error.FieldError;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.Conflicts;
import io.sluice.kit.web.ETag;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Projects (contract core §3). */
@RestController
@RequestMapping("/api/v1/projects")
@Tag(name = "Projects")
class ProjectController {

    private final ProjectRepository projects;
    private final ProjectAccess access;
    private final ProjectCreation creation;
    private final ProjectDeletion deletion;
    private final ProjectViews views;
    private final PublicUrl publicUrl;
    private final Clock clock;

    ProjectController(
            ProjectRepository projects,
            ProjectAccess access,
            ProjectCreation creation,
            ProjectDeletion deletion,
            ProjectViews views,
            PublicUrl publicUrl,
            Clock clock) {
        this.projects = projects;
        this.access = access;
        this.creation = creation;
        this.deletion = deletion;
        this.views = views;
        this.publicUrl = publicUrl;
        this.clock = clock;
    }

    record NewProject(@Nullable String name) {}

    record ProjectPatch(@Nullable String name) {}

    @Operation(summary = "Create a project; the caller becomes its owner")
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    @OpenTo(Audience.SIGNED_IN)
    Mono<ResponseEntity<ProjectView>> create(
            Caller caller, @RequestBody NewProject project, ServerHttpRequest request) {
        return create(caller, project.name(), request);
    }

    @Operation(
            summary = "Create a project; the caller becomes its owner",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_FORM_URLENCODED_VALUE,
                                            schema = @Schema(implementation = NewProject.class))))
    @PostMapping(consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    @OpenTo(Audience.SIGNED_IN)
    Mono<ResponseEntity<ProjectView>> createFromForm(Caller caller, ServerWebExchange exchange) {
        return exchange.getFormData().flatMap(form -> create(caller, form.getFirst("name"), exchange.getRequest()));
    }

    private Mono<ResponseEntity<ProjectView>> create(Caller caller, @Nullable String name, ServerHttpRequest request) {
        return creation.create(Project.checkedName(name), caller.userId())
                .flatMap(project -> access.require(caller, project.id(), Permission.READ_PROJECT))
                .flatMap(membership -> view(membership, request)
                        .map(view -> tag(membership, view).created(view.url(), view)));
    }

    @Operation(summary = "The projects that the caller is a member of")
    @GetMapping
    @OpenTo(Audience.SIGNED_IN)
    Flux<ProjectView> list(Caller caller, ServerHttpRequest request) {
        return views.of(access.all(caller, Permission.READ_PROJECT), publicUrl.api(request));
    }

    @Operation(summary = "One project")
    @GetMapping("/{projectId}")
    @Requires(Permission.READ_PROJECT)
    Mono<ResponseEntity<ProjectView>> get(Caller caller, @PathVariable String projectId, ServerHttpRequest request) {
        return access.require(caller, projectId, Permission.READ_PROJECT)
                .flatMap(membership -> reply(membership, request));
    }

    @Operation(summary = "The projects of that name that the caller is a member of; none is a 404")
    @GetMapping("/{projectName}/name")
    @OpenTo(Audience.SIGNED_IN)
    Flux<ProjectView> getByName(Caller caller, @PathVariable String projectName, ServerHttpRequest request) {
        Flux<Membership> named = access.named(caller, projectName, Permission.READ_PROJECT);
        return views.of(named.switchIfEmpty(Mono.error(ProjectAccess::unknownProject)), publicUrl.api(request));
    }

    /** The SDK sends the whole project back; only the name can be changed (contract core §3.2). */
    @Operation(summary = "Rename a project; other members of the body are ignored")
    @PatchMapping("/{projectId}")
    @Requires(Permission.UPDATE_PROJECT)
    @Conditional
    Mono<ResponseEntity<ProjectView>> update(
            Caller caller, @PathVariable String projectId, @RequestBody ProjectPatch patch, ServerHttpRequest request) {
        return Mono.defer(() -> access.require(caller, projectId, Permission.UPDATE_PROJECT))
                .flatMap(membership -> requireMatch(membership, request))
                .flatMap(membership -> rename(membership, patch.name()))
                .retryWhen(Conflicts.retried())
                .flatMap(membership -> reply(membership, request));
    }

    private Mono<Membership> rename(Membership membership, @Nullable String name) {
        Project project = membership.project();
        if (name == null || name.equals(project.name())) {
            return Mono.just(membership);
        }
        return projects.save(project.renamedTo(Project.checkedName(name), clock.instant()))
                .map(membership::of)
                .onErrorMap(
                        DuplicateKeyException.class,
                        taken -> Problem.NAME_TAKEN.with(
                                "Failed to rename project: there is a project named " + name + " already",
                                List.of(new FieldError("name", "is taken"))));
    }

    @Operation(summary = "Delete a project with everything in it")
    @DeleteMapping("/{projectId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Requires(Permission.DELETE_PROJECT)
    @Conditional
    Mono<Void> delete(Caller caller, @PathVariable String projectId, ServerHttpRequest request) {
        return Mono.defer(() -> access.require(caller, projectId, Permission.DELETE_PROJECT))
                .flatMap(membership -> requireMatch(membership, request))
                .map(Membership::project)
                .flatMap(project -> deletion.begin(project.id(), project.version()))
                .retryWhen(Conflicts.retried());
    }

    private Mono<Membership> requireMatch(Membership membership, ServerHttpRequest request) {
        if (!request.getHeaders().containsHeader(HttpHeaders.IF_MATCH)) {
            return Mono.just(membership);
        }
        return view(membership, request)
                .doOnNext(view -> tag(membership, view).requireMatch(request))
                .thenReturn(membership);
    }

    private Mono<ResponseEntity<ProjectView>> reply(Membership membership, ServerHttpRequest request) {
        return view(membership, request).map(view -> tag(membership, view).reply(view));
    }

    private Mono<ProjectView> view(Membership membership, ServerHttpRequest request) {
        return views.of(membership, publicUrl.api(request));
    }

    /** What is shown depends on the project, on the caller's role, on people's names and on the address of links. */
    private static ETag tag(Membership membership, ProjectView view) {
        return ETag.of(view, membership.project().version());
    }
}
