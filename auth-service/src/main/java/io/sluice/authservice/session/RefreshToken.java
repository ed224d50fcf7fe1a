package io.sluice.authservice.session;

import io.sluice.authservice.secret.Secret;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What new tokens can be had by.
 *
 * @param secret stays the same for as long as the session lasts; it proves that the token is one of this session's
 * @param turn changes with every use; null in a token that does not rotate
 */
public record RefreshToken(
        String sessionId, Secret secret, @Nullable Secret turn) {

    /** No token of ours is longer. */
    public static final int LONGEST = 256;

    /** The token of that spelling; empty when it cannot be one of ours. */
    public static Optional<RefreshToken> parse(String value) {
        String[] parts = value.split("\\.", -1);
        if (value.length() > LONGEST || parts.length < 2 || parts.length > 3) {
            return Optional.empty();
        }
        Secret turn = parts.length == 3 ? new Secret(parts[2]) : null;
        return Optional.of(new RefreshToken(parts[0], new Secret(parts[1]), turn));
    }

    RefreshToken turnedTo(Secret next) {
        return new RefreshToken(sessionId, secret, next);
    }

    /** As the client keeps it. */
    public String value() {
        String fixed = sessionId + "." + secret.value();
        return turn == null ? fixed : fixed + "." + turn.value();
    }

    @Override
    public String toString() {
        return "RefreshToken[" + sessionId + "]";
    }
}
