package io.sluice.authservice.credential;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.CredentialStatus;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.auth.TokenVerifier;
import io.sluice.kit.error.Problem;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/**
 * Tells the services and the gateway whether a credential still counts. Whoever asks shows the token that it is about,
 * or is a service. The path is open, because here a token is welcome whose credential has ended; so it is checked below.
 */
@Hidden
@RestController
class CredentialStatusController {

    static final String PATH = "/internal/credentials/status";

    private static final String BEARER = "Bearer ";

    private final CredentialLookup credentials;
    private final TokenVerifier tokens;

    CredentialStatusController(CredentialLookup credentials, TokenVerifier tokens) {
        this.credentials = credentials;
        this.tokens = tokens;
    }

    /**
     * @param sid the credential
     * @param sub the e-mail of its account
     */
    record Question(
            @NotNull @Size(max = 80, message = "must have at most {max} characters")
            String sid,

            @NotNull @Size(max = 254, message = "must have at most {max} characters")
            String sub) {

        boolean isAbout(Caller caller) {
            return sid.equals(caller.credentialId()) && sub.equals(caller.userId());
        }
    }

    @PostMapping(PATH)
    @OpenTo(Audience.ANYBODY)
    Mono<CredentialStatus> status(
            @RequestHeader(name = HttpHeaders.AUTHORIZATION, defaultValue = "") String authorization,
            @Valid @RequestBody Mono<Question> body) {
        if (!authorization.startsWith(BEARER)) {
            return Mono.error(() -> new BadCredentialsException("Show the token that this is about"));
        }
        return tokens.read(authorization.substring(BEARER.length()))
                .flatMap(caller -> body.flatMap(question -> {
                    if (!caller.isService() && !question.isAbout(caller)) {
                        return Mono.error(() -> Problem.FORBIDDEN.with("A token may only ask about itself"));
                    }
                    return credentials.status(question.sid(), question.sub());
                }));
    }
}
