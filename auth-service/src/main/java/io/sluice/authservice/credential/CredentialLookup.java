package io.sluice.authservice.credential;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.CredentialSource;
import io.sluice.kit.auth.CredentialStatus;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Finds out whether a credential and the account it belongs to still count. */
@Component
class CredentialLookup implements CredentialSource {

    private final List<Credentials> kinds;
    private final List<Accounts> accounts;

    CredentialLookup(List<Credentials> kinds, List<Accounts> accounts) {
        this.kinds = kinds;
        this.accounts = accounts;
    }

    @Override
    public Mono<CredentialStatus> status(Caller caller) {
        return status(caller.credentialId(), caller.userId());
    }

    /** A credential of a kind that nobody knows has ended. */
    Mono<CredentialStatus> status(String credentialId, String userId) {
        return Flux.fromIterable(kinds)
                .filter(kind -> credentialId.startsWith(kind.prefix()))
                .concatMap(kind -> kind.isActive(credentialId, userId))
                .filter(isActive -> isActive)
                .next()
                .flatMap(active -> rolesOf(userId))
                .map(roles -> new CredentialStatus(true, roles))
                .defaultIfEmpty(CredentialStatus.ENDED);
    }

    private Mono<Set<String>> rolesOf(String userId) {
        return Flux.fromIterable(accounts)
                .concatMap(kind -> kind.rolesOf(userId))
                .next();
    }
}
