package io.sluice.authservice.signing;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.token.SigningKeys;
import io.sluice.kit.token.SigningKeys.NextKey;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Changes the key that tokens are signed with, before its time. */
@RestController
@Tag(name = "Sign-in")
class KeyRotationController {

    private final SigningKeys keys;

    KeyRotationController(SigningKeys keys) {
        this.keys = keys;
    }

    @PostMapping("/oauth2/keys")
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(
            summary = "Make the next signing key, as an administrator",
            description =
                    "It is published at once and takes over two minutes later. Tokens that older keys have signed "
                            + "stay good until they expire.")
    @OpenTo(Audience.ADMINISTRATOR)
    Mono<NextKey> rotate() {
        return keys.rotate();
    }
}
