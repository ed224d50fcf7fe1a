package io.sluice.kit.token;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Publishes the keys that this service signs with (RFC 7517). */
@Hidden
@RestController
class KeyController {

    private final SigningKeys keys;

    KeyController(SigningKeys keys) {
        this.keys = keys;
    }

    @GetMapping("/internal/jwks.json")
    @OpenTo(Audience.ANYBODY)
    Mono<Map<String, Object>> keys() {
        return keys.publicKeys();
    }
}
