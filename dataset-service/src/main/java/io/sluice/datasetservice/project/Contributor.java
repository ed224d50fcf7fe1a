package io.sluice.datasetservice.project;

import io.sluice.datasetservice.user.UserName;
import io.sluice.kit.auth.Role;

/**
 * A member as the published API shows one (contract core §3.1).
 *
 * @param createdAt of the account, in milliseconds since 1970; of somebody without one, when the member was added
 */
record Contributor(
        String id,
        String email,
        String username,
        String firstName,
        String lastName,
        Role role,
        String type,
        long createdAt,
        long updatedAt) {

    static Contributor of(Member member, UserName name) {
        long addedAt = member.addedAt().toEpochMilli();
        return new Contributor(
                member.email(),
                member.email(),
                member.email(),
                name.firstName(),
                name.lastName(),
                member.role(),
                "user",
                name.createdAt() == null ? addedAt : name.createdAt(),
                name.updatedAt() == null ? addedAt : name.updatedAt());
    }
}
