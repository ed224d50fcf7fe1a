package io.sluice.authservice.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.authservice.secret.Secret;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.MovableClock;
import io.sluice.kit.testing.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** How refresh tokens turn, on two replicas. */
abstract class SessionsContract {

    private static final Duration MONTH = Duration.ofDays(30);

    private final MovableClock clock = new MovableClock();
    private final String user = "ann-" + UUID.randomUUID() + "@example.org";
    private final Sessions sessions;
    private final Sessions replica;

    SessionsContract(MongoServer.Lease database) {
        SessionProperties properties = new SessionProperties(Duration.ofHours(1), MONTH);
        this.sessions = new Sessions(database.template(), properties, clock);
        this.replica = new Sessions(database.template(), properties, clock);
    }

    @Test
    void givesANewTokenForEveryUse() {
        RefreshToken first = opened();

        RefreshToken second = used(sessions, first).orElseThrow();
        RefreshToken third = used(replica, second).orElseThrow();

        assertThat(List.of(first, second, third)).doesNotHaveDuplicates();
        assertThat(used(sessions, third)).isPresent();
    }

    @Test
    void givesTheSameSuccessorAgainWhenTheAnswerWasLost() {
        RefreshToken first = opened();
        RefreshToken second = used(sessions, first).orElseThrow();

        clock.advance(Sessions.LOST_ANSWER.minusSeconds(1));

        assertThat(used(replica, first)).contains(second);
        assertThat(used(sessions, second)).isPresent();
    }

    @Test
    void endsTheFamilyWhenATokenIsUsedAgainLater() {
        RefreshToken first = opened();
        RefreshToken second = used(sessions, first).orElseThrow();

        clock.advance(Sessions.LOST_ANSWER);

        assertThat(used(replica, first)).isEmpty();
        assertThat(used(sessions, second)).isEmpty();
        assertThat(isOpen(first)).isFalse();
    }

    @Test
    void endsTheFamilyWhenATokenIsUsedAgainAfterItsSuccessor() {
        RefreshToken first = opened();
        RefreshToken second = used(sessions, first).orElseThrow();
        RefreshToken third = used(sessions, second).orElseThrow();

        assertThat(used(replica, first)).isEmpty();
        assertThat(used(sessions, third)).isEmpty();
    }

    @Test
    void hasOneLiveFamilyAfterFiftyParallelRefreshes() {
        RefreshToken first = opened();

        List<RefreshToken> successors = Outcome.of(Flux.range(0, 50)
                .flatMap(number -> use(number % 2 == 0 ? sessions : replica, first), 50)
                .map(Session.Opened::token)
                .collectList());

        assertThat(successors).hasSize(50).containsOnly(successors.get(0));
        assertThat(Outcome.of(sessions.ofUser(user).collectList())).hasSize(1);
        assertThat(used(sessions, successors.get(0))).isPresent();
    }

    @Test
    void isNotEndedByAnybodyWhoOnlyKnowsItsId() {
        RefreshToken first = opened();
        RefreshToken forged = new RefreshToken(first.sessionId(), Secret.random(), Secret.random());

        assertThat(used(sessions, forged)).isEmpty();

        assertThat(used(sessions, first)).isPresent();
    }

    @Test
    void keepsTheTokenOfTheSdkAsItIs() {
        RefreshToken token = Outcome.of(sessions.openLasting(user)).token();

        assertThat(used(sessions, token)).contains(token);
        clock.advance(Duration.ofDays(1));
        assertThat(used(replica, token)).contains(token);
    }

    @Test
    void isOverAfterItsTime() {
        RefreshToken token = opened();
        clock.advance(MONTH.minusSeconds(1));
        assertThat(isOpen(token)).isTrue();

        clock.advance(Duration.ofSeconds(1));

        assertThat(isOpen(token)).isFalse();
        assertThat(used(sessions, token)).isEmpty();
    }

    @Test
    void endsEverywhereOfOneUserOnly() {
        RefreshToken mine = opened();
        RefreshToken alsoMine = Outcome.of(sessions.openLasting(user)).token();
        RefreshToken hers = Outcome.of(sessions.openLasting("eve-" + user)).token();

        sessions.endAllOf(user).block(Duration.ofSeconds(30));

        assertThat(List.of(isOpen(mine), isOpen(alsoMine), isOpen(hers))).containsExactly(false, false, true);
    }

    @Test
    void isNotEndedBySomebodyElse() {
        RefreshToken mine = opened();

        sessions.end(mine.sessionId(), "eve-" + user).block(Duration.ofSeconds(30));
        assertThat(isOpen(mine)).isTrue();

        sessions.end(mine.sessionId(), user).block(Duration.ofSeconds(30));
        assertThat(isOpen(mine)).isFalse();
    }

    private RefreshToken opened() {
        return Outcome.of(sessions.openTurning(user, "app", null)).token();
    }

    private boolean isOpen(RefreshToken token) {
        return Outcome.of(sessions.isOpen("s-" + token.sessionId()));
    }

    private static Optional<RefreshToken> used(Sessions sessions, RefreshToken token) {
        return Objects.requireNonNull(use(sessions, token)
                .map(Session.Opened::token)
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .block(Duration.ofSeconds(30)));
    }

    private static Mono<Session.Opened> use(Sessions sessions, RefreshToken token) {
        return sessions.find(token).flatMap(session -> sessions.use(session, token));
    }
}
