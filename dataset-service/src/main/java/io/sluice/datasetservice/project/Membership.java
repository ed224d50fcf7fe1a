package io.sluice.datasetservice.project;

import io.sluice.kit.auth.Role;
import java.time.Instant;

/**
 * Somebody's place in a project.
 *
 * @param role the highest of those that the person has as a member and by groups
 * @param asOf when that was so: now, or when auth-service was last asked for the person's groups
 */
public record Membership(Project project, Role role, Instant asOf) {

    Membership of(Project changed) {
        return new Membership(changed, role, asOf);
    }
}
