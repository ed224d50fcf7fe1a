package io.sluice.datasetservice.project;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.datasetservice.org.OrganizationDirectory;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.mongo.Conflicts;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The projects of an organization (contract ml §F.2). Belonging to the organization gives no rights in them, so
 * everybody sees those only that they are a member of.
 */
@RestController
@RequestMapping("/api/v1")
@Tag(name = "Projects")
class OrganizationProjectsController {

    private final ProjectRepository projects;
    private final ProjectAccess access;
    private final OrganizationDirectory organizations;
    private final ProjectViews views;
    private final PublicUrl publicUrl;
    private final Clock clock;

    OrganizationProjectsController(
            ProjectRepository projects,
            ProjectAccess access,
            OrganizationDirectory organizations,
            ProjectViews views,
            PublicUrl publicUrl,
            Clock clock) {
        this.projects = projects;
        this.access = access;
        this.organizations = organizations;
        this.views = views;
        this.publicUrl = publicUrl;
        this.clock = clock;
    }

    record ToOrganization(@JsonProperty("org_id") @Nullable String organizationId) {}

    @Operation(summary = "The projects of an organization that the caller is a member of")
    @GetMapping("/orgs/{orgId}/projects")
    @Requires(Permission.READ_ORGANIZATION)
    Flux<ProjectView> list(Caller caller, @PathVariable String orgId, ServerHttpRequest request) {
        return views.of(visible(caller, orgId), publicUrl.api(request));
    }

    @Operation(summary = "Those of them that another person is a member of, too")
    @GetMapping("/orgs/{orgId}/members/{userId}/projects")
    @Requires(Permission.READ_ORGANIZATION)
    Flux<ProjectView> listOfMember(
            Caller caller, @PathVariable String orgId, @PathVariable String userId, ServerHttpRequest request) {
        return views.of(shared(caller, orgId, userId), publicUrl.api(request));
    }

    @Operation(summary = "Whether there is one of them that another person is a member of, too")
    @GetMapping("/orgs/{orgId}/members/{userId}/related")
    @Requires(Permission.READ_ORGANIZATION)
    Mono<Boolean> related(Caller caller, @PathVariable String orgId, @PathVariable String userId) {
        return shared(caller, orgId, userId).hasElements();
    }

    @Operation(summary = "Give a project to an organization that the caller belongs to")
    @PatchMapping("/projects/{projectId}/org")
    @Requires(Permission.UPDATE_PROJECT)
    Mono<ProjectView> move(
            Caller caller,
            @PathVariable String projectId,
            @RequestBody ToOrganization wanted,
            ServerHttpRequest request) {
        return Mono.defer(() -> access.require(caller, projectId, Permission.UPDATE_PROJECT))
                .flatMap(membership -> organizations
                        .require(caller, String.valueOf(wanted.organizationId()), Permission.ADD_PROJECT)
                        .flatMap(organization ->
                                projects.save(membership.project().in(organization.id(), clock.instant())))
                        .map(membership::of))
                .retryWhen(Conflicts.retried())
                .flatMap(membership -> views.of(membership, publicUrl.api(request)));
    }

    private Flux<Membership> visible(Caller caller, String orgId) {
        return organizations
                .require(caller, orgId, Permission.READ_ORGANIZATION)
                .thenMany(Flux.defer(() -> access.inOrganization(caller, orgId, Permission.READ_PROJECT)));
    }

    private Flux<Membership> shared(Caller caller, String orgId, String userId) {
        String email = userId.toLowerCase(Locale.ROOT);
        return visible(caller, orgId)
                .filter(membership -> membership.project().member(email).isPresent());
    }
}
