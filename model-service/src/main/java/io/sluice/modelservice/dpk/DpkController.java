package io.sluice.modelservice.dpk;

import io.sluice.kit.access.ProjectClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.docs.Conditional;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.Conflicts;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryParser;
import io.sluice.kit.web.ETag;
import io.sluice.kit.web.PublicUrl;
import io.sluice.modelservice.model.ComponentModels;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** DPKs and their versions. */
@RestController
@RequestMapping("/api/v1/app-registry")
@Tag(name = "dpk")
class DpkController {

    private static final String RESOURCE = "dpks";
    private static final MediaType MERGE_PATCH = MediaType.valueOf("application/merge-patch+json");

    private final Dpks dpks;
    private final DpkAccess access;
    private final ComponentModels models;
    private final List<DpkUse> uses;
    private final ProjectClient projects;
    private final QueryParser queries;
    private final PublicUrl publicUrl;

    DpkController(
            Dpks dpks,
            DpkAccess access,
            ComponentModels models,
            List<DpkUse> uses,
            ProjectClient projects,
            QueryParser queries,
            PublicUrl publicUrl) {
        this.dpks = dpks;
        this.access = access;
        this.models = models;
        this.uses = uses;
        this.projects = projects;
        this.queries = queries;
        this.publicUrl = publicUrl;
    }

    @PostMapping
    @Operation(
            summary = "Publish a version of a DPK",
            description =
                    "In the project of context.project. Without a version it is the one after the highest. A version"
                            + " never changes: one that is there already is answered when it is the same, else refused. Its code is"
                            + " kept where codebase says, and never run.")
    @Requires(Permission.CREATE_MODEL)
    Mono<DpkView> publish(@RequestBody Map<String, @Nullable Object> body, Caller caller, ServerHttpRequest request) {
        String projectId = projectOf(body);
        Manifest manifest = Manifest.of(body);
        requireModels(manifest.content().object(Manifest.COMPONENTS));
        return projects.require(caller, projectId, Permission.CREATE_MODEL)
                .flatMap(project -> dpks.publish(manifest, project, caller))
                .map(found -> view(found, request));
    }

    private static String projectOf(Map<String, @Nullable Object> body) {
        if (body.get("context") instanceof Map<?, ?> context
                && context.get("project") instanceof String projectId
                && ObjectId.isValid(projectId)) {
            return projectId;
        }
        throw Problem.VALIDATION_FAILED.at(
                "context.project", "must be the id of the project that publishes it: 24 hexadecimal characters");
    }

    private void requireModels(JsonObject components) {
        List<JsonObject> described = DpkRevision.models(components);
        for (int index = 0; index < described.size(); index++) {
            try {
                models.check(described.get(index));
            } catch (ErrorResponseException refused) {
                throw Problem.VALIDATION_FAILED.at(
                        "components.models[" + index + "]",
                        Optional.ofNullable(refused.getBody().getDetail()).orElse("is no model"));
            }
        }
    }

    @PostMapping("/query")
    @Operation(
            summary = "Find DPKs",
            description =
                    "In the query language, each in its highest version, at most 100 on a page: those of the projects of"
                            + " context.projects and those that their organizations share; without them, of all that the caller is a"
                            + " member of.")
    @Requires(Permission.READ_MODEL)
    Mono<Page<DpkView>> query(
            @RequestBody Map<String, @Nullable Object> body, Caller caller, ServerHttpRequest request) {
        Query query = queries.parseSearch(body, RESOURCE);
        return access.seen(query, caller)
                .flatMap(seen -> dpks.page(seen, query))
                .map(page -> page.map(found -> view(found, request)));
    }

    @GetMapping("/{dpkId}")
    @Operation(
            summary = "Get a version of a DPK",
            description = "By its own id, or by the baseId that all versions have, which means the highest.")
    @Requires(Permission.READ_MODEL)
    Mono<ResponseEntity<DpkView>> get(@PathVariable String dpkId, Caller caller, ServerHttpRequest request) {
        return access.require(dpkId, caller, Permission.READ_MODEL)
                .map(found -> etagOf(found, request).reply(view(found, request)));
    }

    @GetMapping("/{dpkId}/revisions/{dpkVersion}")
    @Operation(
            summary = "Get a version of a DPK by its number",
            description = "The id is that of any version, or the baseId.")
    @Requires(Permission.READ_MODEL)
    Mono<DpkView> revision(
            @PathVariable String dpkId,
            @Parameter(description = "Such as 1.0.0") @PathVariable String dpkVersion,
            Caller caller,
            ServerHttpRequest request) {
        return access.require(dpkId, dpkVersion, caller).map(found -> view(found, request));
    }

    @PostMapping("/{dpkName}/revisions")
    @Operation(
            summary = "Find versions of a DPK",
            description =
                    "In the query language, at most 100 on a page, of the DPKs of that name that the caller may see.")
    @Requires(Permission.READ_MODEL)
    Mono<Page<DpkView>> revisions(
            @Parameter(description = "The name of the DPK") @PathVariable String dpkName,
            @RequestBody Map<String, @Nullable Object> body,
            Caller caller,
            ServerHttpRequest request) {
        Query query = queries.parseSearch(body, RESOURCE);
        return access.seen(query, caller)
                .flatMap(seen -> dpks.named(seen, dpkName))
                .filter(named -> !named.isEmpty())
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("No DPK of the name " + dpkName)))
                .flatMap(named -> dpks.revisions(named, query))
                .map(page -> page.map(found -> view(found, request)));
    }

    /** What the SDK reads of a change. */
    record ChangedDpk(String message, DpkView dpk) {}

    @PatchMapping("/{dpkId}")
    @Operation(
            summary = "Change how a DPK is shown",
            description =
                    "displayName, description, icon, tags, categories, attributes, provider, license and scope, of all"
                            + " versions; other members are ignored, for a version never changes.")
    @Requires(Permission.UPDATE_MODEL)
    @Conditional
    Mono<ChangedDpk> update(
            @PathVariable String dpkId,
            @RequestBody Map<String, @Nullable Object> change,
            Caller caller,
            ServerHttpRequest request) {
        boolean isMergePatch = MERGE_PATCH.isCompatibleWith(request.getHeaders().getContentType());
        return Mono.defer(() -> access.require(dpkId, caller, Permission.UPDATE_MODEL))
                .doOnNext(found -> etagOf(found, request).requireMatch(request))
                .flatMap(found -> projects.require(caller, found.dpk().projectId(), Permission.UPDATE_MODEL)
                        .flatMap(project -> dpks.show(
                                found.dpk(),
                                Manifest.about(found.dpk().about(), change, isMergePatch),
                                change.containsKey("scope")
                                        ? Dpks.sharing(Manifest.isShared(change.get("scope")), project)
                                        : Optional.ofNullable(found.dpk().organizationId())))
                        .map(dpk -> new ChangedDpk(
                                "The DPK is changed", view(new FoundDpk(dpk, found.revision()), request))))
                .retryWhen(Conflicts.retried());
    }

    @DeleteMapping("/{dpkId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Delete a version of a DPK",
            description =
                    "By its own id; by the baseId, all versions. What is installed somewhere stays: uninstall the apps"
                            + " first. The item that has its code stays an item.")
    @Requires(Permission.DELETE_MODEL)
    Mono<Void> delete(@PathVariable String dpkId, Caller caller) {
        return access.require(dpkId, caller, Permission.DELETE_MODEL).flatMap(found -> {
            boolean isWhole = found.dpk().id().equals(dpkId);
            return Flux.fromIterable(uses)
                    .concatMap(use -> use.isInstalled(
                            found.dpk().id(), isWhole ? null : found.revision().id()))
                    .any(installed -> installed)
                    .flatMap(installed -> installed
                            ? Mono.error(Problem.IN_USE.with(
                                    "The DPK is installed; uninstall its apps before it is deleted"))
                            : isWhole ? dpks.delete(found.dpk()) : dpks.delete(found));
        });
    }

    private ETag etagOf(FoundDpk found, ServerHttpRequest request) {
        return ETag.of(found.revision().id(), found.dpk().changes(), publicUrl.api(request));
    }

    private DpkView view(FoundDpk found, ServerHttpRequest request) {
        return DpkView.of(found, publicUrl.api(request));
    }
}
