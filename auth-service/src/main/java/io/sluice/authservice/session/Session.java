package io.sluice.authservice.session;

import io.sluice.authservice.secret.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * What remains of a sign-in: the right to new tokens, for whoever has the refresh token. Everything about it is one
 * document, so that each change of it is one atomic write.
 *
 * @param machineCredentialId the credential of the machine that opened it, with which it ends; null for people
 * @param clientId the OAuth client it was opened by; null for one whose refresh token does not rotate, as the SDK needs it
 * @param scope what its tokens are narrowed to; null for everything
 * @param secretDigest SHA-256 of the lasting part of the refresh token
 * @param turnDigest SHA-256 of the changing part; null when there is none
 * @param previousTurnDigest of the part before that
 * @param turnSalt what the changing part was derived by from the one before it
 * @param turnedAt when it last changed
 * @param lastUsedAt when a token was last had by it
 */
@Document("sessions")
record Session(
        @Id String id,
        String userId,
        @Nullable String machineCredentialId,
        @Nullable String clientId,
        @Nullable Set<String> scope,
        String secretDigest,
        @Nullable String turnDigest,
        @Nullable String previousTurnDigest,
        @Nullable String turnSalt,
        @Nullable Instant turnedAt,
        Instant createdAt,
        Instant expiresAt,
        Instant lastUsedAt) {

    /** What the {@code sid} of a session's tokens starts with. */
    static final String CREDENTIAL = "s-";

    /** A session with the refresh token that opens it. */
    record Opened(Session session, RefreshToken token) {

        @Override
        public String toString() {
            return session.toString();
        }
    }

    static Opened lasting(String userId, @Nullable String machineCredentialId, Instant now, Duration life) {
        RefreshToken token = new RefreshToken(new ObjectId().toHexString(), Secret.random(), null);
        return new Opened(of(token, userId, machineCredentialId, null, null, now, life), token);
    }

    static Opened turning(String userId, String clientId, @Nullable Set<String> scope, Instant now, Duration life) {
        RefreshToken token = new RefreshToken(new ObjectId().toHexString(), Secret.random(), Secret.random());
        return new Opened(of(token, userId, null, clientId, scope, now, life), token);
    }

    private static Session of(
            RefreshToken token,
            String userId,
            @Nullable String machineCredentialId,
            @Nullable String clientId,
            @Nullable Set<String> scope,
            Instant now,
            Duration life) {
        String turnDigest = token.turn() == null ? null : token.turn().digest();
        return new Session(
                token.sessionId(),
                userId,
                machineCredentialId,
                clientId,
                scope,
                token.secret().digest(),
                turnDigest,
                null,
                null,
                null,
                now,
                now.plus(life),
                now);
    }

    String credentialId() {
        return CREDENTIAL + id;
    }

    /** Whether a token of this session may be narrowed to that; null for as far as the session goes. */
    boolean covers(@Nullable Set<String> narrower) {
        return narrower == null || scope == null || scope.containsAll(narrower);
    }

    /** Whether this is the token to use next. */
    boolean isNewest(RefreshToken token) {
        Secret turn = token.turn();
        return turn == null ? turnDigest == null : turnDigest != null && turn.hasDigest(turnDigest);
    }

    @Override
    public String toString() {
        return "Session[" + id + " of " + userId + " until " + expiresAt + "]";
    }
}
