package io.sluice.itemservice.feature;

import io.sluice.itemservice.feature.FeatureSetEdit.NewSet;
import io.sluice.kit.access.ProjectClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.docs.Conditional;
import io.sluice.kit.error.Problem;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.Query;
import io.sluice.kit.web.ETag;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
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
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Feature sets (contract ml §C). */
@RestController
@RequestMapping("/api/v1/features/sets")
@Tag(name = "Feature Sets")
class FeatureSetController {

    /** As many as one request makes. */
    static final int MOST_AT_ONCE = 100;

    /** What a query calls them. */
    static final String RESOURCE = "feature_sets";

    private final FeatureSets sets;
    private final FeatureSetEdit edit;
    private final FeatureDeletion deletion;
    private final FeatureQueries queries;
    private final ProjectClient projects;
    private final PublicUrl publicUrl;

    FeatureSetController(
            FeatureSets sets,
            FeatureSetEdit edit,
            FeatureDeletion deletion,
            FeatureQueries queries,
            ProjectClient projects,
            PublicUrl publicUrl) {
        this.sets = sets;
        this.edit = edit;
        this.deletion = deletion;
        this.queries = queries;
        this.projects = projects;
        this.publicUrl = publicUrl;
    }

    @PostMapping
    @Operation(
            summary = "Make feature sets",
            description = "One set or a list; the answer is a list. The name is unique in the project. When one is"
                    + " wrong, none is made.")
    @Requires(Permission.CREATE_ITEM)
    Mono<List<FeatureSetView>> create(@RequestBody Object body, Caller caller, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        return Flux.fromIterable(Input.each(body, MOST_AT_ONCE, "feature sets"))
                .concatMap(said -> allowed(said, caller))
                .collectList()
                .flatMap(wanted -> edit.create(wanted, caller.userId()))
                .map(made ->
                        made.stream().map(set -> FeatureSetView.of(set, api)).toList());
    }

    private Mono<NewSet> allowed(Input said, Caller caller) {
        String projectId = said.text(NewVector.PROJECT, NewVector.LONGEST_TEXT);
        FeatureSetContent content = FeatureSetContent.parse(said);
        return projects.require(caller, projectId, Permission.CREATE_ITEM)
                .map(access -> new NewSet(said, access.projectId(), content));
    }

    @PostMapping("/query")
    @Operation(
            summary = "Find feature sets",
            description = "In the query language, over the projects of context.projects; without them over all that the"
                    + " caller is a member of.")
    @Requires(Permission.READ_ITEM)
    Mono<Page<Object>> query(
            @RequestBody Map<String, @Nullable Object> body, Caller caller, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        Query query = queries.parse(body, RESOURCE);
        return queries.projects(query, caller)
                .flatMap(projectIds -> sets.page(projectIds, query))
                .map(page -> queries.selected(query, page.map(set -> FeatureSetView.of(set, api))));
    }

    @GetMapping("/{featureSetId}")
    @Operation(summary = "Get a feature set")
    @Requires(Permission.READ_ITEM)
    Mono<ResponseEntity<FeatureSetView>> get(
            @PathVariable String featureSetId, Caller caller, ServerHttpRequest request) {
        return visible(featureSetId, caller, Permission.READ_ITEM).map(set -> reply(set, request));
    }

    @PatchMapping("/{featureSetId}")
    @Operation(
            summary = "Change a feature set",
            description = "Name, type, modelId, org and tags; size and entityType stay, for the vectors have them.")
    @Requires(Permission.CREATE_ITEM)
    @Conditional
    Mono<ResponseEntity<FeatureSetView>> update(
            @PathVariable String featureSetId,
            @RequestBody Map<String, @Nullable Object> changes,
            Caller caller,
            ServerHttpRequest request) {
        return visible(featureSetId, caller, Permission.CREATE_ITEM)
                .flatMap(set -> edit.change(
                        set.id(),
                        changes,
                        caller.userId(),
                        current -> etagOf(current, request).requireMatch(request)))
                .switchIfEmpty(Mono.error(() -> unknown(featureSetId)))
                .map(set -> reply(set, request));
    }

    @DeleteMapping("/{featureSetId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Delete a feature set", description = "Its vectors go with it.")
    @Requires(Permission.DELETE_ITEM)
    @Conditional
    Mono<Void> delete(@PathVariable String featureSetId, Caller caller, ServerHttpRequest request) {
        return visible(featureSetId, caller, Permission.DELETE_ITEM)
                .doOnNext(set -> etagOf(set, request).requireMatch(request))
                .flatMap(deletion::delete);
    }

    /** Not a member and no such set look the same; what is no id at all is told so. */
    private Mono<FeatureSet> visible(String setId, Caller caller, Permission permission) {
        if (!ObjectId.isValid(setId)) {
            return Mono.error(Problem.VALIDATION_FAILED.at("featureSetId", "must have 24 hexadecimal characters"));
        }
        return sets.find(setId)
                .switchIfEmpty(projects.refuse(caller, () -> unknown(setId)))
                .delayUntil(set -> projects.require(caller, set.projectId(), permission, () -> unknown(setId)));
    }

    static ErrorResponseException unknown(String setId) {
        return Problem.NOT_FOUND.with("No feature set " + setId);
    }

    private ResponseEntity<FeatureSetView> reply(FeatureSet set, ServerHttpRequest request) {
        return etagOf(set, request).reply(FeatureSetView.of(set, publicUrl.api(request)));
    }

    private ETag etagOf(FeatureSet set, ServerHttpRequest request) {
        return ETag.of(set.id(), set.version(), publicUrl.api(request));
    }
}
