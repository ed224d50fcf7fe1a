package io.sluice.authservice.session;

import io.sluice.authservice.credential.Credentials;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Sessions as credentials: whoever is signed out, everywhere or here, has tokens that are no good any more. */
@Component
class SessionCredentials implements Credentials {

    private final Sessions sessions;

    SessionCredentials(Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public String prefix() {
        return Session.CREDENTIAL;
    }

    @Override
    public Mono<Boolean> isActive(String credentialId, String userId) {
        return sessions.isOpen(credentialId);
    }

    @Override
    public Mono<Void> endAllOf(String userId) {
        return sessions.endAllOf(userId);
    }

    @Override
    public boolean endWithThePassword() {
        return true;
    }
}
