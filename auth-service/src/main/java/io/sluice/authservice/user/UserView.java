package io.sluice.authservice.user;

import java.time.Instant;
import java.util.List;

/**
 * A user as the published API shows one (contract core §2.5); times are milliseconds since 1970.
 *
 * @param type {@code user}, or the kind of machine
 * @param projects always empty: who is a member of what is kept with the projects
 * @param roles platform-wide roles; not in the published API
 * @param disabled whether the user may not sign in; not in the published API
 */
public record UserView(
        String id,
        String email,
        String username,
        String firstName,
        String lastName,
        String type,
        String avatar,
        List<String> projects,
        List<String> groups,
        List<String> orgs,
        List<String> roles,
        boolean disabled,
        long createdAt,
        long updatedAt) {

    static UserView of(User user) {
        return new UserView(
                user.email(),
                user.email(),
                user.email(),
                user.firstName(),
                user.lastName(),
                "user",
                "",
                List.of(),
                List.of(),
                List.of(),
                user.roles(),
                user.isDisabled(),
                user.createdAt().toEpochMilli(),
                user.updatedAt().toEpochMilli());
    }

    /** A machine, as if it were a user. */
    public static UserView ofMachine(
            String email, String name, String type, List<String> roles, Instant createdAt, Instant updatedAt) {
        return new UserView(
                email,
                email,
                email,
                name,
                "",
                type,
                "",
                List.of(),
                List.of(),
                List.of(),
                roles,
                false,
                createdAt.toEpochMilli(),
                updatedAt.toEpochMilli());
    }
}
