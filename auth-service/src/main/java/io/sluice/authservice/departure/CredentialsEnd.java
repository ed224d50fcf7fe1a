package io.sluice.authservice.departure;

import io.sluice.authservice.credential.Credentials;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Sessions, keys and secrets end after the account itself, so that nobody makes new ones in between. */
@Component
@Order(1)
class CredentialsEnd implements EndsWithAccount {

    private final List<Credentials> kinds;

    CredentialsEnd(List<Credentials> kinds) {
        this.kinds = kinds;
    }

    @Override
    public Mono<Void> endFor(String userId) {
        return Flux.fromIterable(kinds).concatMap(kind -> kind.endAllOf(userId)).then();
    }
}
