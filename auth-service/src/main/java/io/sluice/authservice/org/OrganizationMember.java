package io.sluice.authservice.org;

import io.sluice.kit.auth.OrganizationRole;
import java.time.Instant;

/**
 * Somebody who belongs to an organization; may be a person who has never signed up.
 *
 * @param email in lower case
 */
record OrganizationMember(String email, OrganizationRole role, Instant addedAt) {

    boolean isOwner() {
        return role == OrganizationRole.OWNER;
    }
}
