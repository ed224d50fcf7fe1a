package io.sluice.datasetservice.project;

import io.sluice.kit.auth.Role;

/** Somebody's place in a project. */
public record Membership(Project project, Role role) {}
