package io.sluice.authservice.oauth;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.authservice.oauth.OAuthFailure.Code;
import io.sluice.authservice.session.Grant;
import io.sluice.authservice.session.SignIn;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The token endpoint (RFC 6749 §3.2). */
@RestController
@Tag(name = "Sign-in")
class OAuthTokenController {

    static final String PATH = "/oauth2/token";

    private final SignIn signIn;
    private final MachineLogin machines;
    private final CodeExchange codes;
    private final PublicUrl publicUrl;

    OAuthTokenController(SignIn signIn, MachineLogin machines, CodeExchange codes, PublicUrl publicUrl) {
        this.signIn = signIn;
        this.machines = machines;
        this.codes = codes;
        this.publicUrl = publicUrl;
    }

    /**
     * What a client gets (RFC 6749 §5.1).
     *
     * @param expiresIn seconds
     * @param scope what the token is narrowed to; absent for everything
     * @param idToken for those who asked for {@code openid}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Reply(
            @JsonProperty("access_token") String accessToken,
            @JsonProperty("token_type") String tokenType,
            @JsonProperty("expires_in") long expiresIn,
            @JsonProperty("refresh_token") @Nullable String refreshToken,
            @Nullable String scope,
            @JsonProperty("id_token") @Nullable String idToken) {

        static Reply of(Grant grant, @Nullable String idToken) {
            Set<String> scope = grant.holder().scope();
            return new Reply(
                    grant.token(),
                    "Bearer",
                    grant.life().toSeconds(),
                    grant.refreshToken() == null ? null : grant.refreshToken().value(),
                    scope == null ? null : String.join(" ", scope),
                    idToken);
        }

        @Override
        public String toString() {
            return "Reply";
        }
    }

    @PostMapping(path = PATH, consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    @SecurityRequirements
    @Operation(
            summary = "Tokens for a machine's secret, an authorization code or a refresh token",
            description = "grant_type is client_credentials, authorization_code or refresh_token (RFC 6749).")
    @OpenTo(Audience.ANYBODY)
    Mono<ResponseEntity<Reply>> token(ServerWebExchange exchange) {
        HttpHeaders headers = exchange.getRequest().getHeaders();
        String issuer = publicUrl.gate(exchange.getRequest());
        return exchange.getFormData()
                .map(Parameters::new)
                .flatMap(parameters -> grant(headers, parameters, issuer))
                .map(reply -> ResponseEntity.ok()
                        .cacheControl(CacheControl.noStore())
                        .header(HttpHeaders.PRAGMA, "no-cache")
                        .body(reply));
    }

    private Mono<Reply> grant(HttpHeaders headers, Parameters parameters, String issuer) {
        return switch (parameters.required("grant_type")) {
            case "client_credentials" -> ofMachine(headers, parameters);
            case "authorization_code" -> codes.exchange(clientId(headers, parameters), parameters, issuer);
            case "refresh_token" -> refreshed(clientId(headers, parameters), parameters);
            default ->
                Mono.error(() -> new OAuthFailure(
                        Code.UNSUPPORTED_GRANT_TYPE,
                        "grant_type must be client_credentials, authorization_code or refresh_token"));
        };
    }

    private Mono<Reply> ofMachine(HttpHeaders headers, Parameters parameters) {
        return machines.required(headers, parameters)
                .map(machine -> machine.within(Scopes.wanted(parameters.optional("scope"), machine.scope())))
                .flatMap(signIn::machine)
                .map(grant -> Reply.of(grant, null));
    }

    private Mono<Reply> refreshed(String clientId, Parameters parameters) {
        Set<String> narrower = Scopes.wanted(parameters.optional("scope"), null);
        return signIn.byRefreshToken(parameters.required("refresh_token"), clientId, narrower)
                .onErrorMap(
                        BadCredentialsException.class,
                        refused -> new OAuthFailure(
                                Code.INVALID_GRANT, "The refresh token is not valid, not yours or not any more"))
                .map(grant -> Reply.of(grant, null));
    }

    private static String clientId(HttpHeaders headers, Parameters parameters) {
        return MachineLogin.claimedId(headers, parameters)
                .orElseThrow(() -> Parameters.invalid("client_id is missing"));
    }
}
