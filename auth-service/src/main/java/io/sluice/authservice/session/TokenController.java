package io.sluice.authservice.session;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.authservice.password.PasswordHashing;
import io.sluice.authservice.user.User;
import io.sluice.kit.audit.Recording;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.error.Problem;
import io.sluice.kit.proxy.ClientNetwork;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Signing in, at the root of the gate and with a query string that means nothing: {@code /token?default}. */
@RestController
@Tag(name = "Sign-in")
class TokenController {

    static final String PATH = "/token";

    private static final int LONGEST_USERNAME = 254;

    private final SignIn signIn;

    TokenController(SignIn signIn) {
        this.signIn = signIn;
    }

    /**
     * What somebody signs in with.
     *
     * @param type {@code user_credentials} with username and password, or {@code refresh_token} with that
     * @param username the e-mail address, in any case
     */
    record TokenRequest(
            @Nullable String type,
            @Nullable String username,
            @Nullable String password,
            @JsonProperty("refresh_token") @Nullable String refreshToken) {

        @Override
        public String toString() {
            return "TokenRequest[" + type + "]";
        }
    }

    @PostMapping(path = PATH, consumes = MediaType.APPLICATION_JSON_VALUE)
    @SecurityRequirements
    @Operation(summary = "Sign in with e-mail and password, or again with the refresh token")
    @OpenTo(Audience.ANYBODY)
    Mono<ResponseEntity<TokenReply>> token(@RequestBody TokenRequest body, ServerHttpRequest request) {
        return signIn(body, ClientNetwork.of(request))
                .map(reply ->
                        ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(reply));
    }

    private Mono<TokenReply> signIn(TokenRequest request, String address) {
        return switch (String.valueOf(request.type())) {
            case "user_credentials" -> {
                String username = required("username", request.username(), LONGEST_USERNAME);
                String password = required("password", request.password(), PasswordHashing.LONGEST);
                yield Recording.by(User.idOf(username))
                        .then(signIn.byPassword(username, password, address))
                        .map(grant -> TokenReply.of(grant, grant.refreshToken()));
            }
            case "refresh_token" ->
                // The SDK goes on with the token it has and overlooks a new one.
                signIn.byRefreshToken(
                                required("refresh_token", request.refreshToken(), RefreshToken.LONGEST), null, null)
                        .map(grant -> TokenReply.of(grant, null));
            default ->
                Mono.error(() -> Problem.VALIDATION_FAILED.at("type", "must be user_credentials or refresh_token"));
        };
    }

    private static String required(String field, @Nullable String value, int longest) {
        if (value == null || value.isEmpty()) {
            throw Problem.VALIDATION_FAILED.at(field, "must not be empty");
        }
        if (value.length() > longest) {
            throw Problem.VALIDATION_FAILED.at(field, "must have at most " + longest + " characters");
        }
        return value;
    }
}
