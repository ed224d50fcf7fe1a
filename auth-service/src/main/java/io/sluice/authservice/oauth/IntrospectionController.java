package io.sluice.authservice.oauth;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.auth.TokenVerifier;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.AuthenticationException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Tells a machine, or whoever is signed in, about a token that it has been shown (RFC 7662). */
@RestController
@Tag(name = "Sign-in")
class IntrospectionController {

    static final String PATH = "/oauth2/introspect";

    private static final String BEARER = "bearer ";

    private final IssuedTokens tokens;
    private final MachineLogin machines;
    private final TokenVerifier verifier;

    IntrospectionController(IssuedTokens tokens, MachineLogin machines, TokenVerifier verifier) {
        this.tokens = tokens;
        this.machines = machines;
        this.verifier = verifier;
    }

    @PostMapping(path = PATH, consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    @SecurityRequirements
    @Operation(summary = "Whether a token is good, and whose it is; for machines by secret, for users by token")
    @OpenTo(Audience.ANYBODY)
    Mono<ResponseEntity<Map<String, Object>>> introspect(ServerWebExchange exchange) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        return exchange.getFormData()
                .map(Parameters::new)
                .flatMap(parameters -> requireSomebody(headers, parameters)
                        .then(Mono.defer(() -> tokens.describe(parameters.required("token")))))
                .map(description ->
                        ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(description));
    }

    private Mono<Void> requireSomebody(HttpHeaders headers, Parameters parameters) {
        String header = headers.getFirst(HttpHeaders.AUTHORIZATION);
        if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return machines.required(headers, parameters).then();
        }
        return verifier.verify(header.substring(BEARER.length()).strip())
                .filter(caller -> !caller.isService())
                .onErrorResume(AuthenticationException.class, refused -> Mono.empty())
                .switchIfEmpty(Mono.error(() ->
                        new OAuthFailure(OAuthFailure.Code.INVALID_CLIENT, "The token of the caller is not valid")))
                .then();
    }
}
