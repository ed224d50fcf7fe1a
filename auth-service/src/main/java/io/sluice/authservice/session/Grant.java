package io.sluice.authservice.session;

import io.sluice.authservice.session.UserTokens.Holder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a sign-in gives.
 *
 * @param token for the platform, as a bearer token
 * @param life how long that is good for
 * @param refreshToken for the next token; null where there is none
 * @param holder whom the token speaks for
 */
public record Grant(String token, Duration life, @Nullable RefreshToken refreshToken, Holder holder) {

    @Override
    public String toString() {
        return "Grant[" + holder.email() + "]";
    }
}
