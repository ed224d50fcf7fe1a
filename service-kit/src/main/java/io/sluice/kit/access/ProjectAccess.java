package io.sluice.kit.access;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Role;
import io.sluice.kit.error.Problem;
import org.jspecify.annotations.Nullable;

/**
 * What the caller may do in a project, as the dataset-service says.
 *
 * @param role the caller's role there
 * @param organizationId the organization of the project; null when it belongs to none
 * @param freshForMillis how long this may be remembered
 */
public record ProjectAccess(
        String projectId, String role, @Nullable String organizationId, long freshForMillis) {

    /** @throws org.springframework.web.ErrorResponseException {@link Problem#FORBIDDEN} */
    void require(Caller caller, Permission permission) {
        caller.require(permission);
        if (!Role.named(role).map(known -> known.may(permission)).orElse(false)) {
            throw Problem.FORBIDDEN.with("The role " + role + " may not do this: " + permission);
        }
    }
}
