package io.sluice.authservice.apikey;

import io.sluice.authservice.user.User;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.error.Problem;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.net.URI;
import java.util.List;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** One's own API keys (contract core §2.4); nobody sees those of others. */
@RestController
@RequestMapping("/api/v1/apiKeys")
@Tag(name = "API keys")
class ApiKeyController {

    private final ApiKeys keys;
    private final PublicUrl publicUrl;

    ApiKeyController(ApiKeys keys, PublicUrl publicUrl) {
        this.keys = keys;
        this.publicUrl = publicUrl;
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Make an API key; the key itself is in this answer only")
    @OpenTo(Audience.SIGNED_IN)
    Mono<ResponseEntity<ApiKeyView>> create(
            @Valid @RequestBody Mono<NewApiKey> body, Caller caller, ServerHttpRequest request) {
        if (!caller.isSignedIn()) {
            // Or else a key that was stolen could outlive its revocation by the keys it has made.
            return Mono.error(() -> Problem.FORBIDDEN.with("Sign in to make an API key; a key cannot make another"));
        }
        return body.doOnNext(wanted -> requireOwn(caller, wanted))
                .flatMap(wanted -> keys.make(caller.userId(), wanted))
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("No user " + caller.userId())))
                .map(made -> ResponseEntity.created(URI.create(publicUrl.api(request) + "/apiKeys/"
                                + made.key().id()))
                        .cacheControl(CacheControl.noStore())
                        .body(ApiKeyView.of(made.key(), made.jwt())));
    }

    /** Also for an administrator: a key for somebody else would be a way to act as that person. */
    private static void requireOwn(Caller caller, NewApiKey wanted) {
        if (wanted.userId() != null && !User.idOf(wanted.userId()).equals(caller.userId())) {
            throw Problem.FORBIDDEN.at("userId", "must be your own e-mail address");
        }
    }

    @GetMapping
    @Operation(summary = "One's own API keys")
    @OpenTo(Audience.SIGNED_IN)
    Mono<List<ApiKeyView>> list(Caller caller) {
        return keys.of(caller.userId()).map(ApiKeyView::of).collectList();
    }

    @GetMapping("/{apiKeyId}")
    @Operation(summary = "One of one's own API keys")
    @OpenTo(Audience.SIGNED_IN)
    Mono<ApiKeyView> get(@PathVariable String apiKeyId, Caller caller) {
        return keys.find(caller.userId(), apiKeyId)
                .map(ApiKeyView::of)
                .switchIfEmpty(Mono.error(() -> noKey(apiKeyId)));
    }

    @DeleteMapping("/{apiKeyId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Revoke one of one's own API keys; it is no good anywhere within five seconds")
    @OpenTo(Audience.SIGNED_IN)
    Mono<Void> revoke(@PathVariable String apiKeyId, Caller caller) {
        return keys.revoke(caller.userId(), apiKeyId)
                .filter(found -> found)
                .switchIfEmpty(Mono.error(() -> noKey(apiKeyId)))
                .then();
    }

    private static ErrorResponseException noKey(String apiKeyId) {
        return Problem.NOT_FOUND.with("No API key " + apiKeyId);
    }
}
