package io.sluice.authservice.oauth;

import io.sluice.authservice.oauth.OAuthFailure.Code;
import io.sluice.authservice.session.RefreshToken;
import io.sluice.authservice.session.Sessions;
import io.sluice.kit.audit.Recording;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Ends the session that a token belongs to (RFC 7009). Whoever has the token may do so: it could do worse with it. A token
 * that is good no more, or never was, is as revoked as it can be.
 */
@RestController
@Tag(name = "Sign-in")
class RevocationController {

    static final String PATH = "/oauth2/revoke";

    private final IssuedTokens tokens;
    private final Sessions sessions;

    RevocationController(IssuedTokens tokens, Sessions sessions) {
        this.tokens = tokens;
        this.sessions = sessions;
    }

    @PostMapping(path = PATH, consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    @SecurityRequirements
    @Operation(summary = "End the session of an access token or a refresh token")
    @OpenTo(Audience.ANYBODY)
    Mono<ResponseEntity<Void>> revoke(ServerWebExchange exchange) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        return exchange.getFormData()
                .map(Parameters::new)
                .flatMap(
                        parameters -> revoke(parameters.required("token"), MachineLogin.claimedId(headers, parameters)))
                .thenReturn(ResponseEntity.ok().build());
    }

    private Mono<Void> revoke(String token, Optional<String> clientId) {
        Optional<RefreshToken> refreshToken = RefreshToken.parse(token);
        return tokens.claims(token)
                .flatMap(claims -> Recording.by(claims.path("sub").asString(""))
                        .then(end(claims.path("sid").asString("")))
                        .thenReturn(true))
                .switchIfEmpty(Mono.defer(() -> Mono.justOrEmpty(refreshToken)
                        .flatMap(sessions::describe)
                        .flatMap(session -> {
                            requireSameClient(session, clientId);
                            return Recording.by(session.userId())
                                    .then(sessions.end(session.credentialId()))
                                    .thenReturn(true);
                        })))
                .then();
    }

    private Mono<Void> end(String credentialId) {
        if (!Sessions.isSession(credentialId)) {
            return Mono.error(() -> new OAuthFailure(
                    Code.UNSUPPORTED_TOKEN_TYPE,
                    "The token of a machine or of an API key ends with the secret or the key; delete that"));
        }
        return sessions.end(credentialId);
    }

    private static void requireSameClient(Sessions.Description session, Optional<String> clientId) {
        if (clientId.isPresent() && !clientId.get().equals(session.clientId())) {
            throw new OAuthFailure(Code.UNAUTHORIZED_CLIENT, "The token was given to another client");
        }
    }
}
