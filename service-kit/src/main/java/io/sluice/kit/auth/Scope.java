package io.sluice.kit.auth;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a token may be narrowed to (RFC 6749 §3.3). The right to write includes the right to read the same things, or
 * nobody could see what they have written.
 */
public enum Scope {
    ITEMS_READ("items:read", null),
    ITEMS_WRITE("items:write", ITEMS_READ),
    DATASETS_READ("datasets:read", null),
    DATASETS_WRITE("datasets:write", DATASETS_READ),
    PROJECTS_READ("projects:read", null),
    PROJECTS_WRITE("projects:write", PROJECTS_READ),
    USERS_READ("users:read", null),
    USERS_WRITE("users:write", USERS_READ),
    MODELS_READ("models:read", null),
    MODELS_WRITE("models:write", MODELS_READ);

    private final String wireName;
    private final Optional<Scope> included;

    Scope(String wireName, @Nullable Scope included) {
        this.wireName = wireName;
        this.included = Optional.ofNullable(included);
    }

    /** The name in tokens and requests. */
    @JsonValue
    public String wireName() {
        return wireName;
    }

    boolean includes(Scope other) {
        return this == other || included.filter(other::equals).isPresent();
    }

    /** What a narrowed token must have been left for this; whether the role allows it is another question. */
    static Scope of(Permission permission) {
        return switch (permission) {
            case READ_PROJECT -> PROJECTS_READ;
            case UPDATE_PROJECT, DELETE_PROJECT, MANAGE_MEMBERS -> PROJECTS_WRITE;
            case READ_DATASET -> DATASETS_READ;
            case CREATE_DATASET, UPDATE_DATASET, DELETE_DATASET -> DATASETS_WRITE;
            case READ_ITEM -> ITEMS_READ;
            case CREATE_ITEM, UPDATE_ITEM, DELETE_ITEM, ANNOTATE_ITEM -> ITEMS_WRITE;
            // Whoever may see a model may ask it: nothing is changed by that.
            case READ_MODEL, RUN_MODEL -> MODELS_READ;
            case CREATE_MODEL, UPDATE_MODEL, DELETE_MODEL -> MODELS_WRITE;
            case READ_ORGANIZATION, READ_AUDIT_LOG -> USERS_READ;
            case ADD_PROJECT -> PROJECTS_WRITE;
            case UPDATE_ORGANIZATION, MANAGE_ORGANIZATION_MEMBERS, MANAGE_GROUPS, DELETE_ORGANIZATION -> USERS_WRITE;
        };
    }

    /** The scope of that name; empty when there is none. */
    public static Optional<Scope> named(String wireName) {
        return Arrays.stream(values())
                .filter(scope -> scope.wireName.equals(wireName))
                .findFirst();
    }
}
