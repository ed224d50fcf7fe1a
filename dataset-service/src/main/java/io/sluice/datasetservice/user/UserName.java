package io.sluice.datasetservice.user;

import org.jspecify.annotations.Nullable;

/**
 * What auth-service says about a person; empty names for one who has no account or while it does not answer.
 *
 * @param createdAt milliseconds since 1970; null for an unknown person
 */
public record UserName(
        String email,
        String firstName,
        String lastName,
        @Nullable Long createdAt,
        @Nullable Long updatedAt) {

    public static UserName unknown(String email) {
        return new UserName(email, "", "", null, null);
    }
}
