package io.sluice.kit.auth;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a member may do in a project, and the one table that says so. The names are the published API's (contract core
 * §3.2); the table is printed into {@code docs/permissions.md}.
 */
public enum Role {
    OWNER("owner", EnumSet.range(Permission.READ_PROJECT, Permission.RUN_MODEL)),
    ENGINEER(
            "engineer",
            EnumSet.of(
                    Permission.READ_PROJECT,
                    Permission.READ_DATASET,
                    Permission.CREATE_DATASET,
                    Permission.UPDATE_DATASET,
                    Permission.DELETE_DATASET,
                    Permission.READ_ITEM,
                    Permission.CREATE_ITEM,
                    Permission.UPDATE_ITEM,
                    Permission.DELETE_ITEM,
                    Permission.ANNOTATE_ITEM,
                    Permission.READ_MODEL,
                    Permission.CREATE_MODEL,
                    Permission.UPDATE_MODEL,
                    Permission.DELETE_MODEL,
                    Permission.RUN_MODEL)),
    ANNOTATION_MANAGER(
            "annotationManager",
            EnumSet.of(
                    Permission.READ_PROJECT,
                    Permission.READ_DATASET,
                    Permission.READ_ITEM,
                    Permission.UPDATE_ITEM,
                    Permission.ANNOTATE_ITEM,
                    Permission.READ_MODEL,
                    Permission.RUN_MODEL)),
    ANNOTATOR(
            "annotator",
            EnumSet.of(
                    Permission.READ_PROJECT,
                    Permission.READ_DATASET,
                    Permission.READ_ITEM,
                    Permission.ANNOTATE_ITEM,
                    Permission.READ_MODEL,
                    Permission.RUN_MODEL));

    private final String wireName;
    private final Set<Permission> permissions;

    Role(String wireName, Set<Permission> permissions) {
        this.wireName = wireName;
        this.permissions = permissions;
    }

    /** The name in requests, replies and documents. */
    @JsonValue
    public String wireName() {
        return wireName;
    }

    public boolean may(Permission permission) {
        return permissions.contains(permission);
    }

    /** The role of that name; empty when there is none. */
    public static Optional<Role> named(String wireName) {
        return Arrays.stream(values())
                .filter(role -> role.wireName.equals(wireName))
                .findFirst();
    }
}
