package io.sluice.authservice.administrator;

import io.sluice.authservice.password.PasswordHashing;
import io.sluice.authservice.user.User;
import io.sluice.authservice.user.UserRepository;
import io.sluice.kit.auth.Caller;
import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Makes an administrator when there is none, and keeps the service "not ready" until there is one. Waits for the
 * database as long as it takes. Of several replicas that start at once, one inserts the user.
 */
@Component("administrator")
class FirstAdministrator implements SmartLifecycle, ReactiveHealthIndicator {

    private static final Logger log = LoggerFactory.getLogger(FirstAdministrator.class);

    private final UserRepository users;
    private final FirstPassword firstPassword;
    private final PasswordHashing passwords;
    private final Clock clock;
    private final String email;
    private Disposable creation = Disposables.disposed();
    private volatile boolean present;

    FirstAdministrator(
            UserRepository users,
            FirstPassword firstPassword,
            PasswordHashing passwords,
            Clock clock,
            AdministratorProperties settings) {
        this.users = users;
        this.firstPassword = firstPassword;
        this.passwords = passwords;
        this.clock = clock;
        this.email = settings.email();
        if (!User.isEmail(email)) {
            throw new UnusableAdministratorException(
                    "This is no e-mail address for the administrator: " + email,
                    "Change auth-service.administrator.email.");
        }
    }

    @Override
    public void start() {
        creation = administrator()
                .switchIfEmpty(Mono.defer(this::create).then(administrator()))
                .switchIfEmpty(Mono.error(() -> new IllegalStateException(email + " exists without that role")))
                .flatMap(firstPassword::settle)
                .retryWhen(Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(200))
                        .maxBackoff(Duration.ofSeconds(5))
                        .doBeforeRetry(retry -> log.warn(
                                "No administrator yet, trying again: {}",
                                retry.failure().toString())))
                .subscribe(nothing -> {}, failure -> log.error("No administrator", failure), () -> present = true);
    }

    private Mono<User> administrator() {
        return users.findFirstByRolesOrderByCreatedAt(Caller.ADMINISTRATOR);
    }

    /** The password is known before the user exists, so that a crash in between locks nobody out. */
    private Mono<Void> create() {
        return firstPassword
                .choose()
                .flatMap(passwords::hash)
                .flatMap(hash -> users.insert(User.administrator(email, hash, clock.instant())))
                .doOnNext(user -> log.info("Made the administrator {}, password: {}", user.email(), firstPassword))
                .onErrorComplete(DuplicateKeyException.class)
                .then();
    }

    @Override
    public void stop() {
        creation.dispose();
    }

    @Override
    public boolean isRunning() {
        return !creation.isDisposed();
    }

    @Override
    public Mono<Health> health() {
        return Mono.just(present ? Health.up().build() : Health.down().build());
    }
}
