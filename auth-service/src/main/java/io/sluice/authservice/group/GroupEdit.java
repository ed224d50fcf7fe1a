package io.sluice.authservice.group;

import io.sluice.authservice.group.GroupAccess.GroupOfOrganization;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.Conflicts;
import java.time.Clock;
import java.time.Instant;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Changes groups. Two changes at once are done one after the other; none is lost. */
@Component
class GroupEdit {

    private final GroupRepository groups;
    private final GroupAccess access;
    private final GroupTree tree;
    private final Clock clock;

    GroupEdit(GroupRepository groups, GroupAccess access, GroupTree tree, Clock clock) {
        this.groups = groups;
        this.access = access;
        this.tree = tree;
        this.clock = clock;
    }

    /** @param precondition looks at the group before it is changed, and fails when it is not the one that is meant */
    Mono<Group> rename(Caller caller, String groupId, String name, Consumer<Group> precondition) {
        return change(caller, groupId, (found, now) -> {
            precondition.accept(found.group());
            return found.group().renamedTo(name, now);
        });
    }

    Mono<Group> handOver(Caller caller, String groupId, String newOwner) {
        return change(caller, groupId, (found, now) -> {
            requireMember(found, newOwner, "newGroupOwnerId");
            return found.group().ownedBy(newOwner, now);
        });
    }

    Mono<Group> addMember(Caller caller, String groupId, String email) {
        return change(caller, groupId, (found, now) -> {
            requireMember(found, email, "user_id");
            return found.group().withMember(email, now);
        });
    }

    Mono<Group> removeMember(Caller caller, String groupId, String email) {
        return change(caller, groupId, (found, now) -> found.group().withoutMember(email, now));
    }

    /** A group may not contain itself, not even through others. */
    Mono<Group> addSubgroup(Caller caller, String groupId, String subgroupId) {
        return access.require(caller, groupId, Permission.MANAGE_GROUPS)
                .map(GroupOfOrganization::group)
                .flatMap(group -> groups.findById(subgroupId)
                        .filter(subgroup -> subgroup.organizationId().equals(group.organizationId()))
                        .switchIfEmpty(Mono.error(() -> Problem.VALIDATION_FAILED.at(
                                "sub_group_id", "must be a group of the same organization")))
                        .flatMap(subgroup -> tree.contains(subgroup, groupId)))
                .flatMap(isCircle -> isCircle
                        ? Mono.error(Problem.VALIDATION_FAILED.at("sub_group_id", "contains this group"))
                        : change(caller, groupId, (found, now) -> found.group().withSubgroup(subgroupId, now)));
    }

    Mono<Group> removeSubgroup(Caller caller, String groupId, String subgroupId) {
        return change(caller, groupId, (found, now) -> found.group().withoutSubgroup(subgroupId, now));
    }

    private static void requireMember(GroupOfOrganization found, String email, String field) {
        if (!found.organization().hasMember(email)) {
            throw Problem.VALIDATION_FAILED.at(
                    field,
                    "must be a member of the organization "
                            + found.organization().name());
        }
    }

    private Mono<Group> change(Caller caller, String groupId, BiFunction<GroupOfOrganization, Instant, Group> edit) {
        return Mono.defer(() -> access.require(caller, groupId, Permission.MANAGE_GROUPS))
                .flatMap(found -> groups.save(edit.apply(found, clock.instant())))
                .retryWhen(Conflicts.retried());
    }
}
