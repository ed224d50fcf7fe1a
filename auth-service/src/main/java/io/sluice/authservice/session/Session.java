package io.sluice.authservice.session;

import java.time.Duration;
import java.time.Instant;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * What remains of a sign-in: the right to new tokens, for whoever has the refresh token.
 *
 * @param refreshTokenDigest SHA-256 of the refresh token, which itself is not stored
 * @param lastUsedAt when a token was last had by it
 */
@Document("sessions")
record Session(@Id String refreshTokenDigest, String userId, Instant createdAt, Instant expiresAt, Instant lastUsedAt) {

    static Session of(RefreshToken token, String userId, Instant now, Duration life) {
        return new Session(token.digest(), userId, now, now.plus(life), now);
    }

    boolean isOpenAt(Instant now) {
        return now.isBefore(expiresAt);
    }

    @Override
    public String toString() {
        return "Session[" + userId + " until " + expiresAt + "]";
    }
}
