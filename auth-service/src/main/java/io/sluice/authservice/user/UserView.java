package io.sluice.authservice.user;

import java.util.List;

/**
 * A user as the published API shows one (contract core §2.5); times are milliseconds since 1970.
 *
 * @param type always {@code user}
 * @param projects always empty: who is a member of what is kept with the projects
 */
record UserView(
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
                user.createdAt().toEpochMilli(),
                user.updatedAt().toEpochMilli());
    }
}
