package io.sluice.kit.auth;

import reactor.core.publisher.Mono;

/** Where it is known whether a token's credential still holds: auth-service over HTTP, or its database within it. */
@FunctionalInterface
public interface CredentialSource {

    /** Never empty. A failure means that it is not known. */
    Mono<CredentialStatus> status(Caller caller);
}
