package io.sluice.authservice.org;

import io.sluice.authservice.org.OrganizationAccess.Membership;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An organization as the published API shows it to one of its members (contract ml §F.2).
 *
 * @param role the caller's own
 * @param plan always {@code premium}: nothing is held back
 * @param members their e-mails
 * @param groups their ids
 * @param createdAt milliseconds since 1970
 */
record OrganizationView(
        String id,
        String name,
        String url,
        @Nullable String logoUrl,
        String plan,
        String owner,
        String creator,
        String account,
        String role,
        List<String> members,
        List<String> groups,
        List<String> integrations,
        long createdAt,
        long updatedAt) {

    static OrganizationView of(Membership membership, List<String> groups, String api) {
        Organization organization = membership.organization();
        return new OrganizationView(
                organization.id(),
                organization.name(),
                api + "/orgs/" + organization.id(),
                organization.logoUrl(),
                "premium",
                organization.owner(),
                organization.creator(),
                "",
                membership.role().wireName(),
                organization.members().stream().map(OrganizationMember::email).toList(),
                groups,
                List.of(),
                organization.createdAt().toEpochMilli(),
                organization.updatedAt().toEpochMilli());
    }
}
