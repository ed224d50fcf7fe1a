package io.sluice.authservice.session;

import io.sluice.authservice.guess.Guesses;
import io.sluice.authservice.password.PasswordHashing;
import io.sluice.authservice.session.UserTokens.Holder;
import io.sluice.authservice.user.User;
import io.sluice.authservice.user.UserRepository;
import io.sluice.kit.audit.Recording;
import io.sluice.kit.error.Problem;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Lets people and machines in by what they know, and in again by the refresh token of that sign-in. */
@Component
public class SignIn {

    private final UserRepository users;
    private final ObjectProvider<Machines> machines;
    private final Sessions sessions;
    private final PasswordHashing passwords;
    private final Guesses guesses;
    private final UserTokens tokens;
    private final SessionProperties properties;

    SignIn(
            UserRepository users,
            ObjectProvider<Machines> machines,
            Sessions sessions,
            PasswordHashing passwords,
            Guesses guesses,
            UserTokens tokens,
            SessionProperties properties) {
        this.users = users;
        this.machines = machines;
        this.sessions = sessions;
        this.passwords = passwords;
        this.guesses = guesses;
        this.tokens = tokens;
        this.properties = properties;
    }

    /**
     * A person or a machine by name and password, for clients whose refresh token cannot rotate.
     *
     * @param address where the password came from
     * @return {@link Problem#UNAUTHENTICATED}, of whose two reasons neither the words nor the time tell which, or
     *     {@link Problem#TOO_MANY_REQUESTS}
     */
    Mono<Grant> byPassword(String username, String password, String address) {
        Mono<Grant> check = machine(username, password)
                .flatMap(this::lasting)
                .switchIfEmpty(Mono.defer(() -> withPassword(username, password).flatMap(this::lasting)));
        return guesses.attempt(User.idOf(username), address, check);
    }

    /** The user of that name, if this is their password; fails as {@link #byPassword} does. */
    public Mono<User> user(String username, String password, String address) {
        return guesses.attempt(User.idOf(username), address, withPassword(username, password));
    }

    /** Empty for a wrong password, and after the same time for a user who does not exist. */
    private Mono<User> withPassword(String username, String password) {
        return users.findById(User.idOf(username))
                .map(user -> passwords
                        .matches(password, user.passwordHash())
                        .filter(matches -> matches && !user.isDisabled())
                        .map(matches -> user))
                .defaultIfEmpty(passwords.matches(password, passwords.nobodys()).then(Mono.empty()))
                .flatMap(checked -> checked);
    }

    /** The machine with that id and secret; empty when there is none. */
    public Mono<Holder> machine(String id, String secret) {
        return Flux.fromStream(machines.orderedStream())
                .concatMap(kind -> kind.authenticate(id, secret))
                .next();
    }

    /** A token without a refresh token (RFC 6749 §4.4.3). */
    public Mono<Grant> machine(Holder holder) {
        return grant(holder, null);
    }

    /** A token with a refresh token, because the SDK forgets the secret of a machine once it is signed in. */
    private Mono<Grant> lasting(Holder machine) {
        return sessions.openLasting(machine).flatMap(opened -> grant(machine, opened.token()));
    }

    /** A machine as it is now, as long as it has the secret that it signed in with. */
    private Mono<Holder> machineOf(Session session) {
        return Flux.fromStream(machines.orderedStream())
                .concatMap(kind -> kind.find(session.userId()))
                .filter(machine -> machine.credentialId().equals(session.machineCredentialId()))
                .next();
    }

    /** A session whose refresh token stays the same (contract core §2.3). */
    public Mono<Grant> lasting(User user) {
        return sessions.openLasting(user.email())
                .flatMap(opened -> unlessChanged(user, opened))
                .flatMap(opened -> grant(holder(opened.session(), user), opened.token()));
    }

    /** A session whose refresh token changes with every use. */
    public Mono<Grant> turning(User user, String clientId, @Nullable Set<String> scope) {
        return sessions.openTurning(user.email(), clientId, scope)
                .flatMap(opened -> unlessChanged(user, opened))
                .flatMap(opened -> grant(holder(opened.session(), user), opened.token()));
    }

    /** A password that was changed, or a user who was disabled, while it was checked ended all sessions but this one. */
    private Mono<Session.Opened> unlessChanged(User user, Session.Opened opened) {
        return users.findById(user.email())
                .filter(now -> now.passwordHash().equals(user.passwordHash()) && !now.isDisabled())
                .map(same -> opened)
                .switchIfEmpty(Mono.defer(() -> sessions.end(opened.session().credentialId())
                        .then(Mono.error(() -> new BadCredentialsException("Wrong user name or password")))));
    }

    /**
     * A new token for a refresh token; {@link BadCredentialsException} when that is not good any more.
     *
     * @param clientId the client that the session was opened by; null for the SDK
     * @param narrower what this one token is to be narrowed to, within what the session is; null for no further
     */
    public Mono<Grant> byRefreshToken(String refreshToken, @Nullable String clientId, @Nullable Set<String> narrower) {
        return Mono.justOrEmpty(RefreshToken.parse(refreshToken))
                .flatMap(token -> sessions.find(token)
                        .filter(session -> Objects.equals(session.clientId(), clientId) && session.covers(narrower))
                        .flatMap(session -> holderOf(session)
                                .map(holder -> narrower == null ? holder : holder.within(narrower))
                                .flatMap(holder ->
                                        sessions.use(session, token).flatMap(used -> grant(holder, used.token())))))
                .switchIfEmpty(Mono.error(() -> new BadCredentialsException(
                        "The refresh token is not valid or has expired; sign in with your password")));
    }

    /** Whom a session is of; empty when they may not enter any more. */
    private Mono<Holder> holderOf(Session session) {
        return session.machineCredentialId() != null
                ? machineOf(session)
                : users.findById(session.userId())
                        .filter(user -> !user.isDisabled())
                        .map(user -> holder(session, user));
    }

    private static Holder holder(Session session, User user) {
        return Holder.of(session.credentialId(), user).within(session.scope());
    }

    private Mono<Grant> grant(Holder holder, @Nullable RefreshToken refreshToken) {
        return Recording.by(holder.email())
                .then(tokens.issue(holder, properties.tokenLife()))
                .map(token -> new Grant(token, properties.tokenLife(), refreshToken, holder));
    }
}
