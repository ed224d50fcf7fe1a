package io.sluice.authservice.group;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.authservice.group.GroupAccess.GroupOfOrganization;
import io.sluice.authservice.org.Organization;
import io.sluice.authservice.org.OrganizationAccess;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.docs.Conditional;
import io.sluice.kit.error.Problem;
import io.sluice.kit.web.ETag;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
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
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Groups (contract ml §F.2). */
@RestController
@Tag(name = "Groups")
class GroupController {

    private static final String GROUPS = "/api/v1/groups";

    private final GroupRepository groups;
    private final GroupAccess access;
    private final OrganizationAccess organizations;
    private final GroupEdit edit;
    private final GroupTree tree;
    private final PublicUrl publicUrl;
    private final Clock clock;

    GroupController(
            GroupRepository groups,
            GroupAccess access,
            OrganizationAccess organizations,
            GroupEdit edit,
            GroupTree tree,
            PublicUrl publicUrl,
            Clock clock) {
        this.groups = groups;
        this.access = access;
        this.organizations = organizations;
        this.edit = edit;
        this.tree = tree;
        this.publicUrl = publicUrl;
        this.clock = clock;
    }

    record NewGroup(@Nullable String name, @Nullable String orgId) {

        String checkedOrgId() {
            if (orgId == null || orgId.isEmpty()) {
                throw Problem.VALIDATION_FAILED.at("orgId", "must be the id of an organization");
            }
            return orgId;
        }
    }

    record GroupPatch(@Nullable String name) {}

    record NewOwner(@Nullable String newGroupOwnerId) {}

    record NewSubgroup(
            @JsonProperty("sub_group_id") @Nullable String subgroupId) {}

    @GetMapping(GROUPS)
    @Operation(summary = "The groups of all organizations that the caller belongs to")
    @OpenTo(Audience.SIGNED_IN)
    Flux<GroupView> list(Caller caller, ServerHttpRequest request) {
        return organizations
                .of(caller.userId())
                .map(Organization::id)
                .collectList()
                .flatMapMany(groups::findByOrganizationIdInOrderById)
                .map(group -> view(group, request));
    }

    @GetMapping("/api/v1/orgs/{orgId}/groups")
    @Operation(summary = "The groups of an organization")
    @Requires(Permission.READ_ORGANIZATION)
    Flux<GroupView> listOfOrganization(Caller caller, @PathVariable String orgId, ServerHttpRequest request) {
        return organizations
                .require(caller, orgId, Permission.READ_ORGANIZATION)
                .thenMany(Flux.defer(() -> groups.findByOrganizationIdInOrderById(List.of(orgId))))
                .map(group -> view(group, request));
    }

    @PostMapping(GROUPS)
    @Operation(summary = "Make a group in an organization")
    @ResponseStatus(HttpStatus.CREATED)
    @Requires(Permission.MANAGE_GROUPS)
    Mono<ResponseEntity<GroupView>> create(Caller caller, @RequestBody NewGroup wanted, ServerHttpRequest request) {
        String orgId = wanted.checkedOrgId();
        String name = Organization.checkedName(wanted.name());
        return organizations
                .require(caller, orgId, Permission.MANAGE_GROUPS)
                .flatMap(membership -> groups.save(Group.of(orgId, name, caller.userId(), clock.instant())))
                .map(group -> {
                    GroupView view = view(group, request);
                    return tag(group, request).created(view.url(), view);
                });
    }

    @GetMapping(GROUPS + "/{groupId}")
    @Operation(summary = "One group")
    @Requires(Permission.READ_ORGANIZATION)
    Mono<ResponseEntity<GroupView>> get(Caller caller, @PathVariable String groupId, ServerHttpRequest request) {
        return access.require(caller, groupId, Permission.READ_ORGANIZATION)
                .map(found -> reply(found.group(), request));
    }

    @PatchMapping(GROUPS + "/{groupId}")
    @Operation(summary = "Rename a group; other members of the body are ignored")
    @Requires(Permission.MANAGE_GROUPS)
    Mono<ResponseEntity<GroupView>> update(
            Caller caller, @PathVariable String groupId, @RequestBody GroupPatch patch, ServerHttpRequest request) {
        return edit.rename(
                        caller,
                        groupId,
                        Organization.checkedName(patch.name()),
                        group -> tag(group, request).requireMatch(request))
                .map(group -> reply(group, request));
    }

    @DeleteMapping(GROUPS + "/{groupId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Delete a group; its members keep no membership that they had through it")
    @Requires(Permission.MANAGE_GROUPS)
    @Conditional
    Mono<Void> delete(Caller caller, @PathVariable String groupId, ServerHttpRequest request) {
        return access.require(caller, groupId, Permission.MANAGE_GROUPS)
                .doOnNext(found -> tag(found.group(), request).requireMatch(request))
                .flatMap(found -> groups.deleteById(groupId));
    }

    @PatchMapping(GROUPS + "/{groupId}/owner")
    @Operation(summary = "Put another member of the organization in charge of a group")
    @Requires(Permission.MANAGE_GROUPS)
    Mono<ResponseEntity<GroupView>> handOver(
            Caller caller, @PathVariable String groupId, @RequestBody NewOwner wanted, ServerHttpRequest request) {
        return edit.handOver(
                        caller, groupId, GroupMemberController.checked("newGroupOwnerId", wanted.newGroupOwnerId()))
                .map(group -> reply(group, request));
    }

    @GetMapping(GROUPS + "/{groupId}/subgroups")
    @Operation(summary = "The groups whose members belong to this one, too")
    @Requires(Permission.READ_ORGANIZATION)
    Flux<GroupView> subgroups(Caller caller, @PathVariable String groupId, ServerHttpRequest request) {
        return access.require(caller, groupId, Permission.READ_ORGANIZATION)
                .map(GroupOfOrganization::group)
                .flatMapMany(group -> subgroups(group, request));
    }

    @PostMapping(GROUPS + "/{groupId}/subgroups")
    @Operation(summary = "Let the members of another group of the organization belong to this one, too")
    @Requires(Permission.MANAGE_GROUPS)
    Flux<GroupView> addSubgroup(
            Caller caller, @PathVariable String groupId, @RequestBody NewSubgroup wanted, ServerHttpRequest request) {
        return edit.addSubgroup(caller, groupId, String.valueOf(wanted.subgroupId()))
                .flatMapMany(group -> subgroups(group, request));
    }

    @DeleteMapping(GROUPS + "/{groupId}/subgroups/{subGroupId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Take a group out of another")
    @Requires(Permission.MANAGE_GROUPS)
    Mono<Void> removeSubgroup(Caller caller, @PathVariable String groupId, @PathVariable String subGroupId) {
        return edit.removeSubgroup(caller, groupId, subGroupId).then();
    }

    @GetMapping(GROUPS + "/{groupId}/tree")
    @Operation(summary = "A group with all that is below it")
    @Requires(Permission.READ_ORGANIZATION)
    Mono<GroupView> tree(Caller caller, @PathVariable String groupId, ServerHttpRequest request) {
        return access.require(caller, groupId, Permission.READ_ORGANIZATION)
                .map(GroupOfOrganization::group)
                .flatMap(group -> tree.below(group).map(all -> {
                    Map<String, Group> byId =
                            all.stream().collect(Collectors.toMap(Group::id, Function.identity(), (one, same) -> one));
                    return tree(group, byId, GroupTree.DEEPEST, publicUrl.api(request));
                }));
    }

    /** A group that belongs to two is shown in both; the levels end what two changes at once may have made a circle. */
    private static GroupView tree(Group group, Map<String, Group> byId, int levels, String api) {
        List<GroupView> children = levels == 0
                ? List.of()
                : group.subgroups().stream()
                        .filter(byId::containsKey)
                        .map(byId::get)
                        .map(child -> tree(child, byId, levels - 1, api))
                        .toList();
        return GroupView.of(group, children, api);
    }

    private Flux<GroupView> subgroups(Group group, ServerHttpRequest request) {
        return groups.findByIdInOrderById(group.subgroups()).map(subgroup -> view(subgroup, request));
    }

    private ResponseEntity<GroupView> reply(Group group, ServerHttpRequest request) {
        return tag(group, request).reply(view(group, request));
    }

    private ETag tag(Group group, ServerHttpRequest request) {
        return ETag.of(group.id(), group.version(), publicUrl.api(request));
    }

    private GroupView view(Group group, ServerHttpRequest request) {
        return GroupView.of(group, publicUrl.api(request));
    }
}
