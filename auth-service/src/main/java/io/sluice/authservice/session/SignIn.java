package io.sluice.authservice.session;

import io.sluice.authservice.password.PasswordHashing;
import io.sluice.authservice.user.User;
import io.sluice.authservice.user.UserRepository;
import io.sluice.kit.auth.TokenVerifier;
import io.sluice.kit.token.SigningKeys;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Lets a user in by password, and in again by the refresh token of that sign-in. */
@Component
class SignIn {

    private final UserRepository users;
    private final SessionRepository sessions;
    private final PasswordHashing passwords;
    private final SigningKeys keys;
    private final SessionProperties properties;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    SignIn(
            UserRepository users,
            SessionRepository sessions,
            PasswordHashing passwords,
            SigningKeys keys,
            SessionProperties properties,
            Clock clock) {
        this.users = users;
        this.sessions = sessions;
        this.passwords = passwords;
        this.keys = keys;
        this.properties = properties;
        this.clock = clock;
    }

    /** New tokens; {@link BadCredentialsException}, of whose two reasons neither the words nor the time tell which. */
    Mono<TokenReply> byPassword(String username, String password) {
        return users.findById(User.idOf(username))
                .flatMap(user -> passwords
                        .matches(password, user.passwordHash())
                        .filter(matches -> matches)
                        .map(matches -> user)
                        .switchIfEmpty(Mono.error(SignIn::wrongCredentials)))
                .switchIfEmpty(
                        passwords.matches(password, passwords.nobodys()).then(Mono.error(SignIn::wrongCredentials)))
                .flatMap(this::openSession);
    }

    /** A new token; the refresh token stays as it is, because the SDK keeps using the first one (contract core §2.3). */
    Mono<TokenReply> byRefreshToken(RefreshToken token) {
        return sessions.findById(token.digest())
                .filter(session -> session.isOpenAt(clock.instant()))
                .flatMap(session -> users.findById(session.userId()))
                .switchIfEmpty(Mono.error(() -> new BadCredentialsException(
                        "The refresh token is not valid or has expired; sign in with your password")))
                .flatMap(user ->
                        sessions.markUsed(token.digest(), clock.instant()).then(sign(user)))
                .map(signed -> TokenReply.of(signed, null, properties.tokenLife()));
    }

    private Mono<TokenReply> openSession(User user) {
        RefreshToken token = RefreshToken.random(random);
        Session session = Session.of(token, user.email(), clock.instant(), properties.refreshTokenLife());
        return sessions.insert(session)
                .then(sign(user))
                .map(signed -> TokenReply.of(signed, token, properties.tokenLife()));
    }

    private Mono<String> sign(User user) {
        Map<String, ?> claims = Map.of("email", user.email(), "name", user.name(), "roles", user.roles());
        return keys.sign(TokenVerifier.PLATFORM, user.email(), properties.tokenLife(), claims);
    }

    private static BadCredentialsException wrongCredentials() {
        return new BadCredentialsException("Wrong user name or password");
    }
}
