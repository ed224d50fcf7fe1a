package io.sluice.authservice.session;

import io.sluice.authservice.session.UserTokens.Holder;
import reactor.core.publisher.Mono;

/** The accounts that sign in with a secret that was made for them, and not with a password that somebody chose. */
public interface Machines {

    /**
     * The machine of that id or e-mail address, if this is its secret; empty when there is no such machine, when the
     * secret is another and when the machine may not sign in now.
     */
    Mono<Holder> authenticate(String id, String secret);

    /** The machine of that e-mail address as it is now; empty when there is none and when it may not sign in. */
    Mono<Holder> find(String email);
}
