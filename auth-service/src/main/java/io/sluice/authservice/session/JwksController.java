package io.sluice.authservice.session;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.token.SigningKeys;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.security.SecurityRequirements;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Publishes the keys that users' tokens are signed with (RFC 7517, RFC 8615). */
@RestController
@Tag(name = "Sign-in")
class JwksController {

    static final String PATH = "/.well-known/jwks.json";

    private static final CacheControl A_MINUTE =
            CacheControl.maxAge(Duration.ofMinutes(1)).cachePublic().staleIfError(Duration.ofMinutes(5));

    private final SigningKeys keys;

    JwksController(SigningKeys keys) {
        this.keys = keys;
    }

    @GetMapping(PATH)
    @SecurityRequirements
    @Operation(summary = "The public keys that tokens can be checked with")
    @OpenTo(Audience.ANYBODY)
    Mono<ResponseEntity<Map<String, Object>>> keys() {
        return keys.publicKeys()
                .map(document -> ResponseEntity.ok().cacheControl(A_MINUTE).body(document));
    }
}
