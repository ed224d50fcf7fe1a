package io.sluice.authservice.org;

import io.sluice.authservice.org.OrganizationAccess.Membership;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OrganizationRole;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.Conflicts;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Changes who belongs to an organization. Two changes at once are done one after the other; none is lost. */
@Component
class OrganizationMembers {

    private final OrganizationRepository organizations;
    private final OrganizationAccess access;
    private final OrganizationContents contents;
    private final Clock clock;

    OrganizationMembers(
            OrganizationRepository organizations,
            OrganizationAccess access,
            OrganizationContents contents,
            Clock clock) {
        this.organizations = organizations;
        this.access = access;
        this.contents = contents;
        this.clock = clock;
    }

    /** Adds members. Adding one again changes nothing; with another role it is {@link Problem#ALREADY_EXISTS}. */
    Mono<Organization> add(Caller caller, String organizationId, List<String> emails, OrganizationRole role) {
        return change(caller, organizationId, membership -> {
            Organization changed = membership.organization();
            for (String email : emails) {
                OrganizationMember member = changed.member(email).orElse(null);
                if (member == null) {
                    ownersDecideAboutOwners(membership, role);
                    Instant now = clock.instant();
                    changed = changed.with(new OrganizationMember(email, role, now), now);
                } else if (member.role() != role) {
                    throw Problem.ALREADY_EXISTS.with(email + " is a member already, as "
                            + member.role().wireName() + "; use PATCH to change the role");
                }
            }
            return changed;
        });
    }

    Mono<Organization> update(Caller caller, String organizationId, String email, OrganizationRole role) {
        return change(caller, organizationId, membership -> {
            OrganizationMember member = required(membership.organization(), email);
            if (member.role() == role) {
                return membership.organization();
            }
            ownersDecideAboutOwners(membership, role);
            ownersDecideAboutOwners(membership, member.role());
            return membership
                    .organization()
                    .with(new OrganizationMember(email, role, member.addedAt()), clock.instant());
        });
    }

    /** The groups come last: they count for members of the organization only, so nobody stays in by a crash in between. */
    Mono<Void> remove(Caller caller, String organizationId, String email) {
        return change(caller, organizationId, membership -> {
                    OrganizationMember member = required(membership.organization(), email);
                    ownersDecideAboutOwners(membership, member.role());
                    return membership.organization().without(member, clock.instant());
                })
                .then(Mono.defer(() -> contents.leave(organizationId, email)));
    }

    /** Else an admin could become an owner, or the only one who is left. */
    private static void ownersDecideAboutOwners(Membership caller, OrganizationRole role) {
        if (role == OrganizationRole.OWNER && caller.role() != OrganizationRole.OWNER) {
            throw Problem.FORBIDDEN.with("Only an owner of the organization may make or remove owners");
        }
    }

    private Mono<Organization> change(Caller caller, String organizationId, Function<Membership, Organization> edit) {
        return Mono.defer(() -> access.require(caller, organizationId, Permission.MANAGE_ORGANIZATION_MEMBERS))
                .flatMap(membership -> {
                    Organization changed = edit.apply(membership);
                    return changed.equals(membership.organization()) ? Mono.just(changed) : organizations.save(changed);
                })
                .retryWhen(Conflicts.retried());
    }

    private static OrganizationMember required(Organization organization, String email) {
        return organization.member(email).orElseThrow(() -> Problem.NOT_FOUND.with("No member " + email));
    }
}
