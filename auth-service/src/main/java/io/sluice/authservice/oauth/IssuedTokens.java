package io.sluice.authservice.oauth;

import io.sluice.authservice.session.RefreshToken;
import io.sluice.authservice.session.Sessions;
import io.sluice.kit.auth.TokenVerifier;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.security.core.AuthenticationException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Knows the tokens that were given out, of both kinds. */
@Component
class IssuedTokens {

    private static final List<String> CLAIMS = List.of("iss", "sub", "aud", "exp", "iat", "jti", "sid", "scope");
    private static final Map<String, Object> INACTIVE = Map.of("active", false);

    private final TokenVerifier verifier;
    private final Sessions sessions;
    private final JsonMapper json;

    IssuedTokens(TokenVerifier verifier, Sessions sessions, JsonMapper json) {
        this.verifier = verifier;
        this.sessions = sessions;
        this.json = json;
    }

    /** What RFC 7662 §2.2 tells of a token; of one that is not good, no more than that. */
    Mono<Map<String, Object>> describe(String token) {
        return claims(token)
                .flatMap(claims -> isStillGood(claims).filter(good -> good).map(good -> described(claims)))
                .switchIfEmpty(Mono.defer(() -> describeRefreshToken(token)))
                .defaultIfEmpty(INACTIVE);
    }

    /** The claims of a token for the platform; empty when it is none, or not good any more. */
    Mono<JsonNode> claims(String token) {
        return verifier.verify(token)
                .filter(caller -> !caller.isService())
                .map(caller -> json.readTree(Base64.getUrlDecoder().decode(token.split("\\.")[1])))
                .onErrorResume(AuthenticationException.class, refused -> Mono.empty());
    }

    /** A session that has ended ends its tokens here at once, and everywhere else within seconds. */
    private Mono<Boolean> isStillGood(JsonNode claims) {
        String credentialId = claims.path("sid").asString("");
        return Sessions.isSession(credentialId) ? sessions.isOpen(credentialId) : Mono.just(true);
    }

    private static Map<String, Object> described(JsonNode claims) {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("active", true);
        description.put("token_type", "Bearer");
        description.put("username", claims.path("email").asString(""));
        CLAIMS.stream().filter(claims::has).forEach(name -> description.put(name, claims.get(name)));
        return description;
    }

    private Mono<Map<String, Object>> describeRefreshToken(String token) {
        Optional<RefreshToken> refreshToken = RefreshToken.parse(token);
        return Mono.justOrEmpty(refreshToken)
                .flatMap(sessions::describe)
                .map(session -> Map.of(
                        "active",
                        true,
                        "sub",
                        session.userId(),
                        "username",
                        session.userId(),
                        "iat",
                        session.createdAt().getEpochSecond(),
                        "exp",
                        session.expiresAt().getEpochSecond()));
    }
}
