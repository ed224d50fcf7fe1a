package io.sluice.authservice.apikey;

import io.sluice.kit.auth.Scope;
import io.sluice.kit.error.Problem;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a user says of a key to be made. The SDK sends {@code userId} and {@code description} (contract core §2.4).
 *
 * @param userId whose key; can only be who asks; default that one
 * @param name at most 100 characters; default empty
 * @param description at most 1000 characters; default empty
 * @param expiresAt milliseconds since 1970, within the next two years; default in a year
 * @param scopes what it may do; default everything that the user may
 * @param projects ids of the projects where it may do so; default everywhere
 */
record NewApiKey(
        @Size(max = 254, message = "must have at most {max} characters") @Nullable
        String userId,

        @Size(max = 100, message = "must have at most {max} characters")
        @Pattern(regexp = TEXT, message = "must not contain control characters")
        @Nullable
        String name,

        @Size(max = 1000, message = "must have at most {max} characters") @Nullable
        String description,

        @Nullable Long expiresAt,

        @Size(min = 1, max = 20, message = "must have {min} to {max} entries") @Nullable
        Set<@NotNull Scope> scopes,

        @Size(min = 1, max = 100, message = "must have {min} to {max} entries") @Nullable
        Set<@NotNull @Pattern(regexp = "[0-9a-f]{24}", message = "must be the id of a project") String> projects) {

    static final Duration DEFAULT_LIFE = Duration.ofDays(365);
    static final Duration LONGEST_LIFE = Duration.ofDays(730);

    private static final String TEXT = "[^\\x00-\\x1f\\x7f-\\x9f]*";

    /** How long the key is good for; {@link Problem#VALIDATION_FAILED} for one that would be over or endless. */
    Duration life(Instant now) {
        if (expiresAt == null) {
            return DEFAULT_LIFE;
        }
        Instant latest = now.plus(LONGEST_LIFE);
        if (expiresAt <= now.plusSeconds(1).toEpochMilli() || expiresAt > latest.toEpochMilli()) {
            throw Problem.VALIDATION_FAILED.at(
                    "expiresAt", "must be a time within the next two years, in milliseconds since 1970");
        }
        return Duration.between(now, Instant.ofEpochMilli(expiresAt));
    }

    @Nullable
    Set<String> scopeNames() {
        return scopes == null ? null : scopes.stream().map(Scope::wireName).collect(Collectors.toUnmodifiableSet());
    }

    String nameOrEmpty() {
        return name == null ? "" : name;
    }

    String descriptionOrEmpty() {
        return description == null ? "" : description;
    }
}
