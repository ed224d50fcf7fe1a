package io.sluice.authservice.oauth;

import io.sluice.authservice.client.Clients;
import io.sluice.authservice.login.FormProof;
import io.sluice.authservice.login.SignInForm;
import io.sluice.authservice.login.SignInPage;
import io.sluice.authservice.oauth.AuthorizationRequest.Return;
import io.sluice.authservice.session.SignIn;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.proxy.ClientNetwork;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
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
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The authorization endpoint (RFC 6749 §3.1): codes only, with PKCE only. */
@RestController
@Tag(name = "Sign-in")
class AuthorizeController {

    static final String PATH = "/oauth2/authorize";

    private final SignIn signIn;
    private final Clients clients;
    private final AuthorizationCodes codes;
    private final FormProof proof;
    private final PublicUrl publicUrl;

    AuthorizeController(
            SignIn signIn, Clients clients, AuthorizationCodes codes, FormProof proof, PublicUrl publicUrl) {
        this.signIn = signIn;
        this.clients = clients;
        this.codes = codes;
        this.proof = proof;
        this.publicUrl = publicUrl;
    }

    @GetMapping(path = PATH)
    @SecurityRequirements
    @Operation(summary = "A page to sign in on for a registered client, which gets a code")
    @OpenTo(Audience.ANYBODY)
    ResponseEntity<String> page(ServerWebExchange exchange) {
        Parameters parameters = new Parameters(exchange.getRequest().getQueryParams());
        Return destination = Return.of(parameters, clients);
        try {
            return page(AuthorizationRequest.of(destination, parameters), null, HttpStatus.OK, exchange);
        } catch (OAuthFailure failure) {
            return refused(destination, failure, exchange);
        }
    }

    @PostMapping(path = PATH, consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    @SecurityRequirements
    @Operation(summary = "What that page sends")
    @OpenTo(Audience.ANYBODY)
    Mono<ResponseEntity<String>> signIn(ServerWebExchange exchange) {
        return exchange.getFormData().flatMap(form -> {
            Parameters parameters = new Parameters(form);
            Return destination = Return.of(parameters, clients);
            try {
                return signIn(destination, AuthorizationRequest.of(destination, parameters), form, exchange);
            } catch (OAuthFailure failure) {
                return Mono.just(refused(destination, failure, exchange));
            }
        });
    }

    private Mono<ResponseEntity<String>> signIn(
            Return destination,
            AuthorizationRequest wanted,
            MultiValueMap<String, String> form,
            ServerWebExchange exchange) {
        if (!proof.isGood(exchange.getRequest(), SignInForm.text(form, FormProof.FIELD))) {
            return Mono.just(page(wanted, SignInForm.STALE, HttpStatus.FORBIDDEN, exchange));
        }
        return SignInForm.user(form, signIn, ClientNetwork.of(exchange.getRequest()))
                .flatMap(user -> codes.give(user, wanted))
                .map(code -> sentBack(destination.with(Map.of("code", code.value()), issuer(exchange))))
                .onErrorResume(
                        ErrorResponseException.class,
                        refused -> SignInForm.refused(
                                refused, (message, status) -> page(wanted, message, status, exchange)));
    }

    private ResponseEntity<String> page(
            AuthorizationRequest wanted, @Nullable String message, HttpStatusCode status, ServerWebExchange exchange) {
        Map<String, String> hidden = new LinkedHashMap<>(wanted.parameters());
        hidden.put(FormProof.FIELD, proof.value(exchange.getRequest(), exchange.getResponse()));
        URI destination = URI.create(wanted.redirectUri());
        return new SignInPage(wanted.client().name(), PATH, destination, hidden, message).reply(status);
    }

    private ResponseEntity<String> refused(Return destination, OAuthFailure failure, ServerWebExchange exchange) {
        Map<String, String> answer = new LinkedHashMap<>();
        answer.put("error", failure.code().wireName());
        answer.put("error_description", failure.description());
        return sentBack(destination.with(answer, issuer(exchange)));
    }

    private static ResponseEntity<String> sentBack(URI address) {
        return ResponseEntity.status(HttpStatus.SEE_OTHER)
                .location(address)
                .cacheControl(CacheControl.noStore())
                .header("Referrer-Policy", "no-referrer")
                .build();
    }

    private String issuer(ServerWebExchange exchange) {
        return publicUrl.gate(exchange.getRequest());
    }
}
