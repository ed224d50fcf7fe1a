package io.sluice.kit.auth;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a member may do in an organization, as {@link Role} is for projects. It gives no rights in the organization's
 * projects. The names are the published API's (contract core §3.2).
 */
public enum OrganizationRole {
    OWNER("owner", EnumSet.range(Permission.READ_ORGANIZATION, Permission.DELETE_ORGANIZATION)),
    ADMIN("admin", EnumSet.range(Permission.READ_ORGANIZATION, Permission.READ_AUDIT_LOG)),
    MEMBER("member", EnumSet.of(Permission.READ_ORGANIZATION, Permission.ADD_PROJECT)),
    WORKER("worker", EnumSet.of(Permission.READ_ORGANIZATION));

    private final String wireName;
    private final Set<Permission> permissions;

    OrganizationRole(String wireName, Set<Permission> permissions) {
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
    public static Optional<OrganizationRole> named(String wireName) {
        return Arrays.stream(values())
                .filter(role -> role.wireName.equals(wireName))
                .findFirst();
    }
}
