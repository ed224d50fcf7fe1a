package io.sluice.authservice.apikey;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * What is kept of a key; the key itself is shown once and never stored.
 *
 * @param slot one of the few that a user has, and no two keys share one
 * @param tokenDigest SHA-256 of the key
 * @param scopes names of what it may do; null for everything that the user may
 * @param projects ids of where it may do so; null for everywhere
 */
@Document("api_keys")
record ApiKey(
        @Id String id,
        String slot,
        String userId,
        String name,
        String description,
        String tokenDigest,
        @Nullable Set<String> scopes,
        @Nullable Set<String> projects,
        Instant createdAt,
        Instant expiresAt) {

    /** How many keys a user may have at a time. */
    static final int MOST = 10;

    /** What the {@code sid} of a key starts with. */
    static final String CREDENTIAL = "k-";

    String credentialId() {
        return CREDENTIAL + id;
    }

    ApiKey in(int number) {
        return new ApiKey(
                id,
                userId + "/" + number,
                userId,
                name,
                description,
                tokenDigest,
                scopes,
                projects,
                createdAt,
                expiresAt);
    }

    @Override
    public String toString() {
        return "ApiKey[" + id + " of " + userId + " until " + expiresAt + "]";
    }
}
