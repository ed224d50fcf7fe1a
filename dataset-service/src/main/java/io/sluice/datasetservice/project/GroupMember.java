package io.sluice.datasetservice.project;

import io.sluice.kit.auth.Role;
import java.time.Instant;

/** A group whose members all belong to a project, with that role. */
public record GroupMember(String groupId, Role role, Instant addedAt) {}
