package io.sluice.authservice.oauth;

import io.sluice.authservice.oauth.OAuthFailure.Code;
import io.sluice.authservice.oauth.OAuthTokenController.Reply;
import io.sluice.authservice.secret.Secret;
import io.sluice.authservice.session.Grant;
import io.sluice.authservice.session.Sessions;
import io.sluice.authservice.session.SignIn;
import io.sluice.authservice.user.User;
import io.sluice.authservice.user.UserRepository;
import io.sluice.kit.token.SigningKeys;
import java.util.HashMap;
import java.util.Map;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Exchanges an authorization code for a session, once. Whoever comes with a code that was exchanged before has stolen it,
 * or it was stolen from them: that ends the session that it was exchanged for (RFC 6749 §4.1.2).
 */
@Component
class CodeExchange {

    private final AuthorizationCodes codes;
    private final UserRepository users;
    private final SignIn signIn;
    private final Sessions sessions;
    private final SigningKeys keys;

    CodeExchange(AuthorizationCodes codes, UserRepository users, SignIn signIn, Sessions sessions, SigningKeys keys) {
        this.codes = codes;
        this.users = users;
        this.signIn = signIn;
        this.sessions = sessions;
        this.keys = keys;
    }

    Mono<Reply> exchange(String clientId, Parameters parameters, String issuer) {
        Secret code = new Secret(parameters.required("code"));
        String redirectUri = parameters.required("redirect_uri");
        String verifier = parameters.required("code_verifier");
        return codes.find(code, clientId, redirectUri, verifier)
                .flatMap(agreed -> users.findById(agreed.userId())
                        .filter(user -> !user.isDisabled())
                        .flatMap(user -> exchange(agreed, user, issuer)))
                .switchIfEmpty(Mono.error(() -> new OAuthFailure(
                        Code.INVALID_GRANT, "The code is not valid, not yours, expired or used already")));
    }

    /** The session is there before the code is given up for it, so that a second use of the code finds it to end it. */
    private Mono<Reply> exchange(AuthorizationCode agreed, User user, String issuer) {
        if (agreed.credentialId() != null) {
            return sessions.end(agreed.credentialId()).then(Mono.empty());
        }
        return signIn.turning(user, agreed.clientId(), agreed.scope())
                .flatMap(grant -> codes.exchange(agreed, grant.holder().credentialId())
                        .flatMap(isFirst -> isFirst ? reply(grant, agreed, issuer) : takenBack(grant, agreed)));
    }

    private Mono<Reply> takenBack(Grant grant, AuthorizationCode agreed) {
        return sessions.end(grant.holder().credentialId())
                .then(codes.exchangedFor(agreed))
                .flatMap(sessions::end)
                .then(Mono.empty());
    }

    private Mono<Reply> reply(Grant grant, AuthorizationCode agreed, String issuer) {
        if (agreed.scope() == null || !agreed.scope().contains(Scopes.OPENID)) {
            return Mono.just(Reply.of(grant, null));
        }
        Map<String, Object> claims = new HashMap<>();
        claims.put("email", grant.holder().email());
        claims.put("name", grant.holder().name());
        claims.put("sid", grant.holder().credentialId());
        claims.put("auth_time", agreed.signedInAt().getEpochSecond());
        if (agreed.nonce() != null) {
            claims.put("nonce", agreed.nonce());
        }
        return keys.signForOutside(issuer, agreed.clientId(), grant.holder().email(), grant.life(), claims)
                .map(idToken -> Reply.of(grant, idToken));
    }
}
