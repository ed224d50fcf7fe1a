package io.sluice.authservice.apikey;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key as its owner sees it; times are milliseconds since 1970.
 *
 * @param scopes null for everything that the user may do
 * @param projects null for everywhere
 * @param jwt the key itself, in the answer that makes it and never again
 */
record ApiKeyView(
        String id,
        String userId,
        String name,
        String description,
        @Nullable List<String> scopes,
        @Nullable List<String> projects,
        long createdAt,
        long expiresAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String jwt) {

    static ApiKeyView of(ApiKey key) {
        return of(key, null);
    }

    static ApiKeyView of(ApiKey key, @Nullable String jwt) {
        return new ApiKeyView(
                key.id(),
                key.userId(),
                key.name(),
                key.description(),
                sorted(key.scopes()),
                sorted(key.projects()),
                key.createdAt().toEpochMilli(),
                key.expiresAt().toEpochMilli(),
                jwt);
    }

    private static @Nullable List<String> sorted(@Nullable Collection<String> names) {
        return names == null ? null : names.stream().sorted().toList();
    }

    @Override
    public String toString() {
        return "ApiKeyView[" + id + "]";
    }
}
