package io.sluice.authservice.user;

import io.sluice.authservice.credential.Credentials;
import io.sluice.authservice.departure.Departures;
import io.sluice.kit.mongo.Conflicts;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Changes and ends users, with what follows from that for those who are signed in. */
@Component
class UserEdit {

    private final UserRepository users;
    private final LastAdministrator lastAdministrator;
    private final List<Credentials> credentials;
    private final Departures departures;
    private final Clock clock;

    UserEdit(
            UserRepository users,
            LastAdministrator lastAdministrator,
            List<Credentials> credentials,
            Departures departures,
            Clock clock) {
        this.users = users;
        this.lastAdministrator = lastAdministrator;
        this.credentials = credentials;
        this.departures = departures;
        this.clock = clock;
    }

    /**
     * The user as changed; empty when there is none.
     *
     * @param check refuses the version that was read, by throwing
     */
    Mono<User> change(String email, Consumer<User> check, UnaryOperator<UserDetails> edit) {
        return Mono.defer(() -> users.findById(email))
                .doOnNext(check)
                .flatMap(user -> change(user, edit.apply(UserDetails.of(user))))
                .retryWhen(Conflicts.retried());
    }

    private Mono<User> change(User user, UserDetails details) {
        if (details.equals(UserDetails.of(user))) {
            return Mono.just(user);
        }
        User changed = user.changedTo(details, clock.instant());
        Mono<User> saved = users.save(changed);
        Mono<User> done = changed.isActiveAdministrator() ? saved : lastAdministrator.outlives(user, saved);
        return changed.isDisabled() && !user.isDisabled()
                ? done.flatMap(disabled -> signOut(disabled.email()).thenReturn(disabled))
                : done;
    }

    /** Sets a password, and signs the user out wherever the old one was used. */
    Mono<Void> setPassword(User user, String hash) {
        return users.save(user.withPassword(hash, clock.instant())).then(Mono.defer(() -> signOut(user.email())));
    }

    private Mono<Void> signOut(String email) {
        return Flux.fromIterable(credentials)
                .filter(Credentials::endWithThePassword)
                .concatMap(kind -> kind.endAllOf(email))
                .then();
    }

    /** Ends the user; what they have made stays and goes on naming them. */
    Mono<Void> end(User user) {
        return lastAdministrator
                .outlives(user, departures.begin(user.email()).thenReturn(user))
                .then();
    }
}
