package io.sluice.datasetservice.setting;

import io.sluice.datasetservice.setting.SettingResolution.Place;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.docs.Conditional;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.Conflicts;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryParser;
import io.sluice.kit.web.ETag;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
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

/** Settings (contract core §2.7, ml §F.7). */
@RestController
@RequestMapping("/api/v1/settings")
@Tag(name = "Settings")
class SettingController {

    private final Settings settings;
    private final SettingAccess access;
    private final SettingSearch search;
    private final SettingResolution resolution;
    private final QueryParser queries;
    private final PublicUrl publicUrl;

    SettingController(
            Settings settings,
            SettingAccess access,
            SettingSearch search,
            SettingResolution resolution,
            QueryParser queries,
            PublicUrl publicUrl) {
        this.settings = settings;
        this.access = access;
        this.search = search;
        this.resolution = resolution;
        this.queries = queries;
        this.publicUrl = publicUrl;
    }

    @Operation(
            summary = "Create a setting",
            description = "For oneself, for a dataset, project or organization that one may change, or, by an "
                    + "administrator, for the platform.")
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @OpenTo(Audience.SIGNED_IN)
    Mono<ResponseEntity<SettingView>> create(
            Caller caller, @RequestBody SettingContent content, ServerHttpRequest request) {
        SettingContent wanted = content.checked();
        return access.require(caller, wanted.wholeScope(), true)
                .flatMap(projectId -> settings.create(wanted, projectId, caller))
                .map(created -> {
                    SettingView view = view(created, request);
                    return tag(created, view).created(view.url(), view);
                });
    }

    @Operation(summary = "One page of the settings that a query describes")
    @PostMapping("/query")
    @OpenTo(Audience.SIGNED_IN)
    Mono<Page<SettingView>> query(
            Caller caller, @RequestBody Map<String, @Nullable Object> body, ServerHttpRequest request) {
        Query query = queries.parse(body, "settings");
        if (query.isChange()) {
            throw Problem.UNSUPPORTED.with("Settings can be updated and deleted one by one only");
        }
        return search.page(caller, query).map(page -> page.map(setting -> view(setting, request)));
    }

    /**
     * Who asks, and where; either alone or as {@code userCtx} beside the names that are asked for.
     *
     * @param flags a name or several; null for all
     */
    record Question(
            @Nullable String userId,
            @Nullable String orgId,
            @Nullable String projectId,
            @Nullable String datasetId,
            @Nullable String taskId,
            @Nullable Place userCtx,
            @Nullable Object flags) {

        private Place place() {
            return userCtx == null ? new Place(userId, orgId, projectId, datasetId, taskId) : userCtx;
        }

        private List<String> names() {
            if (flags == null) {
                return List.of();
            }
            List<?> named = flags instanceof List<?> list ? list : List.of(flags);
            if (!named.stream().allMatch(String.class::isInstance)) {
                throw Problem.VALIDATION_FAILED.at("flags", "must be the name of a setting or a list of names");
            }
            return named.stream().map(String.class::cast).toList();
        }
    }

    @Operation(
            summary = "The settings that count for the caller at some place",
            description = "Of one name the narrowest counts: user, dataset, project, organization, platform; unless a "
                    + "wider one has preventOverride.")
    @PostMapping("/resolve")
    @OpenTo(Audience.SIGNED_IN)
    Flux<SettingView> resolve(Caller caller, @RequestBody Question question, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        return resolution
                .resolve(caller, question.place(), question.names())
                .flatMapIterable(all -> all)
                .map(effective -> SettingView.of(effective.setting(), effective.content(), api));
    }

    @Operation(summary = "One setting")
    @GetMapping("/{settingId}")
    @OpenTo(Audience.SIGNED_IN)
    Mono<ResponseEntity<SettingView>> get(Caller caller, @PathVariable String settingId, ServerHttpRequest request) {
        return require(caller, settingId, false).map(setting -> reply(setting, request));
    }

    @Operation(
            summary = "Change a setting",
            description =
                    "By a merge patch (RFC 7396). The name stays; other members that cannot be changed are ignored.")
    @PatchMapping("/{settingId}")
    @OpenTo(Audience.SIGNED_IN)
    @Conditional
    Mono<ResponseEntity<SettingView>> update(
            Caller caller,
            @PathVariable String settingId,
            @RequestBody Map<String, @Nullable Object> patch,
            ServerHttpRequest request) {
        return Mono.defer(() -> require(caller, settingId, true))
                .doOnNext(setting -> requireMatch(setting, request))
                .flatMap(setting -> {
                    SettingContent wanted = settings.patched(setting, patch);
                    // It may be for somebody else now.
                    return access.require(caller, wanted.wholeScope(), true)
                            .flatMap(projectId -> settings.change(setting, wanted, projectId, caller));
                })
                .retryWhen(Conflicts.retried())
                .map(setting -> reply(setting, request));
    }

    @Operation(summary = "Delete a setting")
    @DeleteMapping("/{settingId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @OpenTo(Audience.SIGNED_IN)
    @Conditional
    Mono<Void> delete(Caller caller, @PathVariable String settingId, ServerHttpRequest request) {
        return Mono.defer(() -> require(caller, settingId, true))
                .doOnNext(setting -> requireMatch(setting, request))
                .flatMap(settings::delete)
                .retryWhen(Conflicts.retried());
    }

    private Mono<Setting> require(Caller caller, String settingId, boolean toChange) {
        return settings.find(settingId)
                .switchIfEmpty(Mono.error(SettingAccess::unknown))
                .delayUntil(setting -> access.require(
                                caller, settings.content(setting).wholeScope(), toChange)
                        // The same as for an unknown setting.
                        .onErrorMap(SettingController::isNotFound, failure -> SettingAccess.unknown()));
    }

    private static boolean isNotFound(Throwable failure) {
        return failure instanceof ErrorResponseException problem
                && problem.getStatusCode().equals(HttpStatus.NOT_FOUND);
    }

    private void requireMatch(Setting setting, ServerHttpRequest request) {
        if (request.getHeaders().containsHeader(HttpHeaders.IF_MATCH)) {
            tag(setting, view(setting, request)).requireMatch(request);
        }
    }

    private ResponseEntity<SettingView> reply(Setting setting, ServerHttpRequest request) {
        SettingView view = view(setting, request);
        return tag(setting, view).reply(view);
    }

    private SettingView view(Setting setting, ServerHttpRequest request) {
        return SettingView.of(setting, settings.content(setting), publicUrl.api(request));
    }

    private static ETag tag(Setting setting, SettingView view) {
        return ETag.of(setting.id(), setting.version(), view.url());
    }
}
