package io.sluice.datasetservice.setting;

import com.fasterxml.jackson.annotation.JsonValue;
import io.sluice.kit.auth.OrganizationRole;
import io.sluice.kit.auth.Role;
import io.sluice.kit.error.Problem;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whom a setting is for (contract core §2.7).
 *
 * @param id of the user (the e-mail), dataset, project or organization; of the platform it is {@link #ANY}
 * @param role who has another role there does not get it; {@link #ANY} for all
 * @param preventOverride whether no narrower setting of that name counts
 * @param visible whether user interfaces should show it
 */
record SettingScope(
        @Nullable Type type,
        @Nullable String id,
        @Nullable String role,

        @Nullable Boolean preventOverride,
        @Nullable Boolean visible) {

    /** Every role, and the id of the platform. */
    static final String ANY = "*";

    /** From the narrowest to the widest: a setting of the former counts before one of the latter. */
    enum Type {
        USER("user"),
        TASK("task"),
        DATASET("dataset"),
        PROJECT("project"),
        ORGANIZATION("org"),
        PLATFORM("DATALOOP");

        private final String wireName;

        Type(String wireName) {
            this.wireName = wireName;
        }

        /** The name in requests and replies. */
        @JsonValue
        String wireName() {
            return wireName;
        }
    }

    /** This with every member set, if a setting can be for that; {@link Problem#VALIDATION_FAILED} if not. */
    SettingScope checked() {
        if (type == null) {
            throw Problem.VALIDATION_FAILED.at("scope.type", "is missing; say user, dataset, project, org or DATALOOP");
        }
        if (type == Type.TASK) {
            throw Problem.UNSUPPORTED.at("scope.type", "must not be task: this platform has no tasks yet");
        }
        if (type != Type.PLATFORM && (id == null || id.isBlank())) {
            throw Problem.VALIDATION_FAILED.at("scope.id", "is missing; say whom the setting is for");
        }
        String checkedRole = role == null ? ANY : role;
        if (Stream.of(Stream.of(ANY), names(Role.values()), names(OrganizationRole.values()))
                .flatMap(names -> names)
                .noneMatch(checkedRole::equals)) {
            throw Problem.VALIDATION_FAILED.at("scope.role", "must be * or a role in a project or an organization");
        }
        return new SettingScope(
                type, normalId(), checkedRole, Boolean.TRUE.equals(preventOverride), !Boolean.FALSE.equals(visible));
    }

    private String normalId() {
        if (type == Type.PLATFORM) {
            return ANY;
        }
        String given = String.valueOf(id);
        return type == Type.USER ? given.toLowerCase(Locale.ROOT) : given;
    }

    private static Stream<String> names(Role[] roles) {
        return Stream.of(roles).map(Role::wireName);
    }

    private static Stream<String> names(OrganizationRole[] roles) {
        return Stream.of(roles).map(OrganizationRole::wireName);
    }

    /** Of two members of that name, the one that is set. */
    SettingScope changedBy(@Nullable SettingScope patch) {
        if (patch == null) {
            return this;
        }
        return new SettingScope(
                patch.type == null ? type : patch.type,
                patch.id == null ? id : patch.id,
                patch.role == null ? role : patch.role,
                patch.preventOverride == null ? preventOverride : patch.preventOverride,
                patch.visible == null ? visible : patch.visible);
    }

    boolean isFor(@Nullable String someRole) {
        return ANY.equals(role) || role != null && role.equals(someRole);
    }
}
