package io.sluice.authservice.credential;

import java.util.Set;
import reactor.core.publisher.Mono;

/** All accounts of one kind. */
public interface Accounts {

    /** The platform-wide roles of an account; empty when there is none of this kind or it may not enter. */
    Mono<Set<String>> rolesOf(String userId);
}
