package io.sluice.authservice.session;

import static org.springframework.data.mongodb.core.query.Criteria.where;

import io.sluice.authservice.secret.Secret;
import io.sluice.authservice.session.UserTokens.Holder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The sign-ins that are not over. One that is over is not there any more, and nothing brings it back. */
@Component
public class Sessions {

    /** How long a client whose answer was lost may ask again with the token that it still has. */
    static final Duration LOST_ANSWER = Duration.ofSeconds(30);

    private final ReactiveMongoTemplate mongo;
    private final SessionProperties properties;
    private final Clock clock;

    Sessions(ReactiveMongoTemplate mongo, SessionProperties properties, Clock clock) {
        this.mongo = mongo;
        this.properties = properties;
        this.clock = clock;
    }

    /** Whether this {@code sid} is the one of a session, and not of a key or a bot. */
    public static boolean isSession(String credentialId) {
        return credentialId.startsWith(Session.CREDENTIAL);
    }

    /** What others may know of a session. */
    public record Description(
            String credentialId, String userId, @Nullable String clientId, Instant createdAt, Instant expiresAt) {}

    /** The session that a refresh token would open now; empty for one that was used before or is good no more. */
    public Mono<Description> describe(RefreshToken token) {
        return find(token)
                .filter(session -> session.isNewest(token))
                .map(session -> new Description(
                        session.credentialId(),
                        session.userId(),
                        session.clientId(),
                        session.createdAt(),
                        session.expiresAt()));
    }

    /** Whether a token that stands on this {@code sid} may still be good. */
    public Mono<Boolean> isOpen(String credentialId) {
        Query open = open(idOf(credentialId));
        return mongo.exists(open, Session.class);
    }

    /** Ends one session: its refresh token at once, its tokens as soon as somebody asks for the credential. */
    public Mono<Void> end(String credentialId) {
        return mongo.remove(Query.query(where("_id").is(idOf(credentialId))), Session.class)
                .then();
    }

    /** Ends a user's session; does nothing when it is somebody else's. */
    Mono<Void> end(String id, String userId) {
        return mongo.remove(Query.query(where("_id").is(id).and("userId").is(userId)), Session.class)
                .then();
    }

    /** Signs a user out everywhere. */
    public Mono<Void> endAllOf(String userId) {
        return mongo.remove(Query.query(where("userId").is(userId)), Session.class)
                .then();
    }

    /** A session whose refresh token stays the same (contract core §2.3). */
    Mono<Session.Opened> openLasting(String userId) {
        return insert(Session.lasting(userId, null, clock.instant(), properties.refreshTokenLife()));
    }

    /** The same for a machine; it ends with the credential, too. */
    Mono<Session.Opened> openLasting(Holder machine) {
        return insert(Session.lasting(
                machine.email(), machine.credentialId(), clock.instant(), properties.refreshTokenLife()));
    }

    /** A session whose refresh token changes with every use. */
    Mono<Session.Opened> openTurning(String userId, String clientId, @Nullable Set<String> scope) {
        return insert(Session.turning(userId, clientId, scope, clock.instant(), properties.refreshTokenLife()));
    }

    private Mono<Session.Opened> insert(Session.Opened opened) {
        return mongo.insert(opened.session()).thenReturn(opened);
    }

    Flux<Session> ofUser(String userId) {
        return mongo.find(
                Query.query(where("userId").is(userId).and("expiresAt").gt(clock.instant())), Session.class);
    }

    /** The session that this token, or one that came before it, belongs to; empty when there is none or it is over. */
    Mono<Session> find(RefreshToken token) {
        return mongo.findOne(open(token.sessionId()), Session.class)
                .filter(session -> token.secret().hasDigest(session.secretDigest()));
    }

    /**
     * The session with the token to use from now on: the same one where tokens do not rotate, else its successor. Of
     * several who come with the same token within {@link #LOST_ANSWER} all get the same successor. Whoever comes with a
     * token that was used before has stolen it, or it was stolen from them: that ends the session (RFC 9700 §4.14.2), and
     * the answer is empty.
     */
    Mono<Session.Opened> use(Session session, RefreshToken token) {
        Secret turn = token.turn();
        if (session.turnDigest() == null) {
            return turn == null ? markUsed(session).thenReturn(new Session.Opened(session, token)) : Mono.empty();
        }
        if (turn == null) {
            return Mono.empty();
        }
        String salt = Secret.random().value();
        Secret next = turn.derived(salt);
        Instant now = clock.instant();
        Query ifNewest = open(session.id()).addCriteria(where("turnDigest").is(turn.digest()));
        Update turned = Update.update("turnDigest", next.digest())
                .set("previousTurnDigest", turn.digest())
                .set("turnSalt", salt)
                .set("turnedAt", now)
                .set("lastUsedAt", now);
        return mongo.updateFirst(ifNewest, turned, Session.class)
                .filter(result -> result.getMatchedCount() == 1)
                .map(result -> new Session.Opened(session, token.turnedTo(next)))
                .switchIfEmpty(Mono.defer(() -> useAgain(token, turn)));
    }

    private Mono<Session.Opened> useAgain(RefreshToken token, Secret turn) {
        return mongo.findOne(open(token.sessionId()), Session.class).flatMap(session -> {
            if (isRepeated(session, turn) && session.turnSalt() != null) {
                return Mono.just(new Session.Opened(session, token.turnedTo(turn.derived(session.turnSalt()))));
            }
            return end(session.credentialId()).then(Mono.empty());
        });
    }

    private boolean isRepeated(Session session, Secret turn) {
        return session.previousTurnDigest() != null
                && session.turnedAt() != null
                && turn.hasDigest(session.previousTurnDigest())
                && clock.instant().isBefore(session.turnedAt().plus(LOST_ANSWER));
    }

    private Mono<Void> markUsed(Session session) {
        return mongo.updateFirst(open(session.id()), Update.update("lastUsedAt", clock.instant()), Session.class)
                .then();
    }

    private Query open(String id) {
        return Query.query(where("_id").is(id).and("expiresAt").gt(clock.instant()));
    }

    private static String idOf(String credentialId) {
        return isSession(credentialId) ? credentialId.substring(Session.CREDENTIAL.length()) : credentialId;
    }
}
