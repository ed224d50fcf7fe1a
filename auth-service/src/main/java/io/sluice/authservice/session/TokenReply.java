package io.sluice.authservice.session;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * What a sign-in gives (contract core §2.3), with the members of RFC 6749 §5.1.
 *
 * @param idToken what the SDK sends with every call
 * @param refreshToken absent when it stays the one that was sent
 * @param accessToken the same as {@code idToken}, for clients that look for it here
 * @param expiresIn seconds
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TokenReply(
        @JsonProperty("id_token") String idToken,
        @JsonProperty("refresh_token") @Nullable String refreshToken,
        @JsonProperty("access_token") String accessToken,
        @JsonProperty("token_type") String tokenType,
        @JsonProperty("expires_in") long expiresIn) {

    static TokenReply of(Grant grant, @Nullable RefreshToken refreshToken) {
        String refresh = refreshToken == null ? null : refreshToken.value();
        return new TokenReply(
                grant.token(), refresh, grant.token(), "Bearer", grant.life().toSeconds());
    }

    @Override
    public String toString() {
        return "TokenReply";
    }
}
