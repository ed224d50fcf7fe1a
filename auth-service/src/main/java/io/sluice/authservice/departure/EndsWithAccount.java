package io.sluice.authservice.departure;

import reactor.core.publisher.Mono;

/** Something that an account has and that goes with it. */
public interface EndsWithAccount {

    /** Ends it; may be called again after it was interrupted anywhere, and when there is nothing. */
    Mono<Void> endFor(String userId);
}
