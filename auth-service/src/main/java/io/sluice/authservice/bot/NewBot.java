package io.sluice.authservice.bot;

import io.sluice.kit.auth.Role;
import io.sluice.kit.auth.Scope;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an owner says of a bot to be made.
 *
 * @param name at most 100 characters; default {@code bot}
 * @param role in the project; default engineer
 * @param scopes what it may do; default everything that the role allows
 */
record NewBot(
        @Size(max = 100, message = "must have at most {max} characters")
        @Pattern(regexp = "[^\\x00-\\x1f\\x7f-\\x9f]*", message = "must not contain control characters")
        @Nullable
        String name,

        @Nullable Role role,

        @Size(min = 1, max = 20, message = "must have {min} to {max} entries") @Nullable
        Set<@NotNull Scope> scopes) {

    String nameOrDefault() {
        return name == null || name.isBlank() ? "bot" : name;
    }

    Role roleOrDefault() {
        return role == null ? Role.ENGINEER : role;
    }

    @Nullable
    Set<String> scopeNames() {
        return scopes == null ? null : scopes.stream().map(Scope::wireName).collect(Collectors.toUnmodifiableSet());
    }
}
