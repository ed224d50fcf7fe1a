package io.sluice.authservice.login;

import io.sluice.authservice.client.Clients;
import io.sluice.authservice.session.Grant;
import io.sluice.authservice.session.SignIn;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.error.Problem;
import io.sluice.kit.proxy.ClientNetwork;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Mono;

/**
 * Signing in by browser as the SDK's {@code dl.login()} does it (contract core §2.4): the tokens go to a program that
 * listens on the computer of whoever signs in, and to nobody else.
 */
@RestController
@Tag(name = "Sign-in")
class LoginController {

    static final String PATH = "/login";

    private static final String CALLBACK = "callback";

    private final SignIn signIn;
    private final Clients clients;
    private final FormProof proof;

    LoginController(SignIn signIn, Clients clients, FormProof proof) {
        this.signIn = signIn;
        this.clients = clients;
        this.proof = proof;
    }

    @GetMapping(path = PATH, produces = MediaType.TEXT_HTML_VALUE)
    @SecurityRequirements
    @Operation(summary = "A page to sign in on; the tokens go to the callback, which must be on this computer")
    @OpenTo(Audience.ANYBODY)
    ResponseEntity<String> page(
            @Parameter(description = "Where the tokens go: an address on this computer") @RequestParam String callback,
            ServerWebExchange exchange) {
        return page(acceptable(callback), null, HttpStatus.OK, exchange);
    }

    @PostMapping(path = PATH, consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    @SecurityRequirements
    @Operation(summary = "What that page sends")
    @OpenTo(Audience.ANYBODY)
    Mono<ResponseEntity<String>> signIn(ServerWebExchange exchange) {
        return exchange.getFormData().flatMap(form -> {
            String callback = acceptable(SignInForm.text(form, CALLBACK));
            if (!proof.isGood(exchange.getRequest(), SignInForm.text(form, FormProof.FIELD))) {
                return Mono.just(page(callback, SignInForm.STALE, HttpStatus.FORBIDDEN, exchange));
            }
            return tokens(form, exchange)
                    .map(grant -> back(callback, grant))
                    .onErrorResume(
                            ErrorResponseException.class,
                            refused -> SignInForm.refused(
                                    refused, (message, status) -> page(callback, message, status, exchange)));
        });
    }

    private Mono<Grant> tokens(MultiValueMap<String, String> form, ServerWebExchange exchange) {
        return SignInForm.user(form, signIn, ClientNetwork.of(exchange.getRequest()))
                .flatMap(signIn::lasting);
    }

    private ResponseEntity<String> page(
            String callback, @Nullable String message, HttpStatusCode status, ServerWebExchange exchange) {
        Map<String, String> hidden =
                Map.of(CALLBACK, callback, FormProof.FIELD, proof.value(exchange.getRequest(), exchange.getResponse()));
        URI destination = URI.create(callback);
        String program = "the program at " + destination.getRawAuthority();
        return new SignInPage(program, PATH, destination, hidden, message).reply(status);
    }

    private static ResponseEntity<String> back(String callback, Grant grant) {
        URI target = UriComponentsBuilder.fromUriString(callback)
                .queryParam("id_token", grant.token())
                .queryParam("access_token", grant.token())
                .queryParam(
                        "refresh_token",
                        Objects.requireNonNull(grant.refreshToken()).value())
                .build(true)
                .toUri();
        return ResponseEntity.status(HttpStatus.SEE_OTHER)
                .location(target)
                .cacheControl(CacheControl.noStore())
                .header("Referrer-Policy", "no-referrer")
                .build();
    }

    /** Anything else would hand the tokens of whoever follows a link to whoever made it. */
    private String acceptable(String callback) {
        if (!clients.mayCallBack(callback)) {
            throw Problem.VALIDATION_FAILED.at(
                    CALLBACK, "must be an address on this computer, such as http://localhost:3001");
        }
        return callback;
    }
}
