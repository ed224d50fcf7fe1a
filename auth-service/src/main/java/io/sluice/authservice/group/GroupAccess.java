package io.sluice.authservice.group;

import io.sluice.authservice.org.Organization;
import io.sluice.authservice.org.OrganizationAccess;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.error.Problem;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Mono;

/** Who may do what with which group: what the role in its organization allows. */
@Component
class GroupAccess {

    private final GroupRepository groups;
    private final OrganizationAccess organizations;

    GroupAccess(GroupRepository groups, OrganizationAccess organizations) {
        this.groups = groups;
        this.organizations = organizations;
    }

    /** A group that the caller may do that with, and its organization. */
    record GroupOfOrganization(Group group, Organization organization) {}

    /**
     * Who is no member of its organization meets the same {@link Problem#NOT_FOUND} as for an unknown id; a member whose
     * role does not allow it {@link Problem#FORBIDDEN}.
     */
    Mono<GroupOfOrganization> require(Caller caller, String groupId, Permission permission) {
        return groups.findById(groupId)
                // As much is asked as about somebody else's group, so that the time does not tell that it is there.
                .switchIfEmpty(
                        Mono.defer(() -> organizations.find(caller, groupId).then(Mono.empty())))
                .flatMap(group -> organizations
                        .find(caller, group.organizationId())
                        .map(membership -> {
                            OrganizationAccess.allowed(membership, permission);
                            return new GroupOfOrganization(group, membership.organization());
                        }))
                .switchIfEmpty(Mono.error(GroupAccess::unknownGroup));
    }

    static ErrorResponseException unknownGroup() {
        return Problem.NOT_FOUND.with("Group not found");
    }
}
