package io.sluice.authservice.org;

import io.sluice.authservice.org.OrganizationAccess.Membership;
import io.sluice.authservice.org.OrganizationContents.GroupRef;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.docs.Conditional;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.Conflicts;
import io.sluice.kit.web.ETag;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
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
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Organizations (contract ml §F.2). */
@RestController
@RequestMapping("/api/v1/orgs")
@Tag(name = "Organizations")
class OrganizationController {

    private static final int LONGEST_URL = 2_000;

    private final OrganizationRepository organizations;
    private final OrganizationAccess access;
    private final OrganizationContents contents;
    private final PublicUrl publicUrl;
    private final Clock clock;

    OrganizationController(
            OrganizationRepository organizations,
            OrganizationAccess access,
            OrganizationContents contents,
            PublicUrl publicUrl,
            Clock clock) {
        this.organizations = organizations;
        this.access = access;
        this.contents = contents;
        this.publicUrl = publicUrl;
        this.clock = clock;
    }

    /** @param logoUrl an http or https address of at most 2,000 characters; null for none */
    record NewOrganization(@Nullable String name, @Nullable String logoUrl) {

        @Nullable
        String checkedLogoUrl() {
            if (logoUrl == null || logoUrl.isEmpty()) {
                return null;
            }
            if (logoUrl.length() > LONGEST_URL || !isWebAddress(logoUrl)) {
                throw Problem.VALIDATION_FAILED.at("logoUrl", "must be an http or https address");
            }
            return logoUrl;
        }

        private static boolean isWebAddress(String text) {
            try {
                String scheme = URI.create(text).getScheme();
                return "https".equals(scheme) || "http".equals(scheme);
            } catch (IllegalArgumentException notAnAddress) {
                return false;
            }
        }
    }

    record OrganizationPatch(@Nullable String name) {}

    @GetMapping
    @Operation(summary = "The organizations that the caller belongs to")
    @OpenTo(Audience.SIGNED_IN)
    Mono<List<OrganizationView>> list(Caller caller, ServerHttpRequest request) {
        return access.of(caller.userId())
                .flatMapIterable(organization -> memberships(organization, caller))
                .collectList()
                .flatMap(memberships -> views(memberships, request));
    }

    @PostMapping
    @Operation(summary = "Make an organization; the caller becomes its owner")
    @ResponseStatus(HttpStatus.CREATED)
    @OpenTo(Audience.SIGNED_IN)
    Mono<ResponseEntity<OrganizationView>> create(
            Caller caller, @RequestBody NewOrganization wanted, ServerHttpRequest request) {
        Organization organization = Organization.of(
                Organization.checkedName(wanted.name()), wanted.checkedLogoUrl(), caller.userId(), clock.instant());
        return organizations
                .save(organization)
                .flatMap(made ->
                        view(made, caller, request).map(view -> tag(made, view).created(view.url(), view)));
    }

    @GetMapping("/{orgId}")
    @Operation(summary = "One organization")
    @Requires(Permission.READ_ORGANIZATION)
    Mono<ResponseEntity<OrganizationView>> get(Caller caller, @PathVariable String orgId, ServerHttpRequest request) {
        return access.require(caller, orgId, Permission.READ_ORGANIZATION)
                .flatMap(membership -> reply(membership.organization(), caller, request));
    }

    @PatchMapping("/{orgId}")
    @Operation(summary = "Rename an organization; other members of the body are ignored")
    @Requires(Permission.UPDATE_ORGANIZATION)
    Mono<ResponseEntity<OrganizationView>> update(
            Caller caller,
            @PathVariable String orgId,
            @RequestBody OrganizationPatch patch,
            ServerHttpRequest request) {
        return Mono.defer(() -> access.require(caller, orgId, Permission.UPDATE_ORGANIZATION))
                .map(Membership::organization)
                .delayUntil(organization -> requireMatch(organization, caller, request))
                .flatMap(organization -> organizations.save(
                        organization.renamedTo(Organization.checkedName(patch.name()), clock.instant())))
                .retryWhen(Conflicts.retried())
                .flatMap(organization -> reply(organization, caller, request));
    }

    /** The organization itself goes last, so that what a crash leaves can be deleted again. */
    @DeleteMapping("/{orgId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Delete an organization with its groups; its projects stay, and belong to none then")
    @Requires(Permission.DELETE_ORGANIZATION)
    @Conditional
    Mono<Void> delete(Caller caller, @PathVariable String orgId, ServerHttpRequest request) {
        return access.require(caller, orgId, Permission.DELETE_ORGANIZATION)
                .delayUntil(membership -> requireMatch(membership.organization(), caller, request))
                .then(Mono.defer(() -> contents.remove(orgId)))
                .then(Mono.defer(() -> organizations.deleteById(orgId)));
    }

    private Mono<ResponseEntity<OrganizationView>> reply(
            Organization organization, Caller caller, ServerHttpRequest request) {
        return view(organization, caller, request)
                .map(view -> tag(organization, view).reply(view));
    }

    private Mono<OrganizationView> requireMatch(Organization organization, Caller caller, ServerHttpRequest request) {
        return request.getHeaders().getIfMatch().isEmpty()
                ? Mono.empty()
                : view(organization, caller, request)
                        .doOnNext(view -> tag(organization, view).requireMatch(request));
    }

    /** What is shown depends on the organization, on its groups, on the caller's role and on the address of links. */
    private static ETag tag(Organization organization, OrganizationView view) {
        return ETag.of(view, organization.version());
    }

    private Mono<OrganizationView> view(Organization organization, Caller caller, ServerHttpRequest request) {
        return views(memberships(organization, caller), request)
                .flatMapMany(Flux::fromIterable)
                .next()
                .switchIfEmpty(Mono.error(OrganizationAccess::unknownOrganization));
    }

    private Mono<List<OrganizationView>> views(List<Membership> memberships, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        List<String> ids = memberships.stream()
                .map(membership -> membership.organization().id())
                .toList();
        return contents.groupsOf(ids)
                .collect(Collectors.groupingBy(
                        GroupRef::organizationId, Collectors.mapping(GroupRef::groupId, Collectors.toList())))
                .map(groups -> views(memberships, groups, api));
    }

    private static List<OrganizationView> views(
            List<Membership> memberships, Map<String, List<String>> groups, String api) {
        return memberships.stream()
                .map(membership -> OrganizationView.of(
                        membership,
                        groups.getOrDefault(membership.organization().id(), List.of()),
                        api))
                .toList();
    }

    /** One, or none. */
    private static List<Membership> memberships(Organization organization, Caller caller) {
        return organization.member(caller.userId()).map(member -> new Membership(organization, member.role())).stream()
                .toList();
    }
}
