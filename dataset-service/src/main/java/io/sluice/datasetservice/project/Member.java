package io.sluice.datasetservice.project;

import io.sluice.kit.auth.Role;
import java.time.Instant;

/** Somebody who belongs to a project; may be a person who has never signed up. */
public record Member(String email, Role role, Instant addedAt) {

    boolean isOwner() {
        return role == Role.OWNER;
    }
}
