package io.sluice.authservice.org;

import io.sluice.authservice.user.User;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who belongs to an organization or a group, as the published API shows one (contract ml §F.2).
 *
 * @param role in the organization; null in a group
 * @param createdAt of the account, in milliseconds since 1970; of somebody without one, when the member was added
 * @param status {@code invited} until there is an account
 */
public record Person(
        String id,
        String email,
        String username,
        String firstName,
        String lastName,
        String avatar,
        @Nullable String role,
        String type,
        String org,
        String member,
        String status,
        String inviteEmail,
        long createdAt,
        long updatedAt) {

    /** @param user null while there is no account of that e-mail */
    static Person of(String organizationId, String email, @Nullable String role, @Nullable User user, long addedAt) {
        return new Person(
                email,
                email,
                email,
                user == null ? "" : user.firstName(),
                user == null ? "" : user.lastName(),
                "",
                role,
                "user",
                organizationId,
                email,
                user == null ? "invited" : "active",
                email,
                user == null ? addedAt : user.createdAt().toEpochMilli(),
                user == null ? addedAt : user.updatedAt().toEpochMilli());
    }
}
