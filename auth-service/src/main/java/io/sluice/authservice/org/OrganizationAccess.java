package io.sluice.authservice.org;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OrganizationRole;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.error.Problem;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Who may do what in which organization. */
@Component
public class OrganizationAccess {

    private final OrganizationRepository organizations;

    OrganizationAccess(OrganizationRepository organizations) {
        this.organizations = organizations;
    }

    /** Somebody's place in an organization. */
    public record Membership(Organization organization, OrganizationRole role) {}

    /**
     * The caller's membership in an organization that allows this. Who is no member meets the same
     * {@link Problem#NOT_FOUND} as for an unknown id; a member whose role does not allow it {@link Problem#FORBIDDEN}.
     */
    public Mono<Membership> require(Caller caller, String organizationId, Permission permission) {
        return find(caller, organizationId)
                .switchIfEmpty(Mono.error(OrganizationAccess::unknownOrganization))
                .map(membership -> allowed(membership, permission));
    }

    /** The caller's membership; empty for an unknown organization and for those of others. */
    public Mono<Membership> find(Caller caller, String organizationId) {
        return organizations
                .findById(organizationId)
                .flatMap(organization -> Mono.justOrEmpty(organization
                        .member(caller.userId())
                        .map(member -> new Membership(organization, member.role()))));
    }

    /** The organizations that the person of that e-mail, which is in lower case, belongs to. */
    public Flux<Organization> of(String email) {
        return organizations.findByMembersEmailOrderById(email);
    }

    /** The membership itself, or {@link Problem#FORBIDDEN}. */
    public static Membership allowed(Membership membership, Permission permission) {
        if (!membership.role().may(permission)) {
            throw Problem.FORBIDDEN.with("The role " + membership.role().wireName()
                    + " does not allow this in organization "
                    + membership.organization().name());
        }
        return membership;
    }

    static ErrorResponseException unknownOrganization() {
        return Problem.NOT_FOUND.with("Organization not found");
    }
}
