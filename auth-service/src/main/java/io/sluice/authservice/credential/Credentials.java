package io.sluice.authservice.credential;

import reactor.core.publisher.Mono;

/** All credentials of one kind. */
public interface Credentials {

    /** What their ids, the {@code sid} of tokens, start with: a letter and a hyphen. */
    String prefix();

    /** Whether tokens that stand on this one may still be good, as far as the account does not matter. */
    Mono<Boolean> isActive(String credentialId, String userId);

    /** Ends all of an account; none is fine. */
    Mono<Void> endAllOf(String userId);

    /** Whether they were had by a password, so that a new password ends them. */
    boolean endWithThePassword();
}
