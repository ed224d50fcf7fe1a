package io.sluice.kit.token;

import reactor.core.publisher.Mono;

/** Where the key comes from that signs now. */
interface KeySource {

    Mono<SigningKey> current();

    /** Makes the next key, which takes over soon enough and late enough for everybody to know it by then. */
    Mono<SigningKey> rotate();
}
