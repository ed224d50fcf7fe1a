package io.sluice.kit.auth;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a token that is good by itself still counts.
 *
 * @param active false when the session, key or secret it stands on has ended, or its user is disabled or gone
 * @param roles the platform-wide roles that the user has now; null for those in the token
 */
public record CredentialStatus(boolean active, @Nullable Set<String> roles) {

    public static final CredentialStatus ENDED = new CredentialStatus(false, Set.of());
}
