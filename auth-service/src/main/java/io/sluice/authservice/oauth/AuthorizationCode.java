package io.sluice.authservice.oauth;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * What somebody has agreed to by signing in, for their client to fetch once.
 *
 * @param digest SHA-256 of the code, which itself is not stored
 * @param scope what the tokens are to be narrowed to; null for everything
 * @param challenge SHA-256 of what only that client knows, in base64url (RFC 7636 §4.2)
 * @param nonce goes into the id token; null when the client gave none
 * @param credentialId the session that it was exchanged for; null until then
 */
@Document("authorization_codes")
record AuthorizationCode(
        @Id String digest,
        String clientId,
        String redirectUri,
        String userId,
        @Nullable Set<String> scope,
        String challenge,
        @Nullable String nonce,
        Instant signedInAt,
        Instant expiresAt,
        @Nullable String credentialId) {}
