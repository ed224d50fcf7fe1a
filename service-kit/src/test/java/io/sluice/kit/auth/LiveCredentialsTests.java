package io.sluice.kit.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.kit.testing.MovableClock;
import io.sluice.kit.testing.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class LiveCredentialsTests {

    private static final CredentialStatus ACTIVE = new CredentialStatus(true, null);
    private static final Caller ANN = caller("s-1");

    private final MovableClock clock = new MovableClock();
    private final AtomicInteger questions = new AtomicInteger();
    private Mono<CredentialStatus> answer = Mono.just(ACTIVE);

    private final LiveCredentials credentials = new LiveCredentials(
            caller -> Mono.defer(() -> {
                questions.incrementAndGet();
                return answer;
            }),
            clock);

    @Test
    void asksOnceInFiveSeconds() {
        for (int second = 0; second < 5; second++) {
            Outcome.of(credentials.require(ANN));
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(questions).hasValue(1);

        Outcome.of(credentials.require(ANN));

        assertThat(questions).hasValue(2);
    }

    @Test
    void asksForEachCredentialOfAUser() {
        Outcome.of(credentials.require(ANN));
        Outcome.of(credentials.require(caller("k-2")));

        assertThat(questions).hasValue(2);
    }

    @Test
    void letsAllWhoWaitShareOneQuestion() {
        Sinks.One<CredentialStatus> later = Sinks.one();
        answer = later.asMono();
        Mono<List<Caller>> crowd = Flux.range(0, 50)
                .flatMap(one -> credentials.require(ANN), 50)
                .collectList()
                .cache();
        crowd.subscribe();

        later.tryEmitValue(ACTIVE);

        assertThat(Outcome.of(crowd)).hasSize(50);
        assertThat(questions).hasValue(1);
    }

    @Test
    void turnsAwayWhoWasSignedOutFiveSecondsAgo() {
        Outcome.of(credentials.require(ANN));
        answer = Mono.just(CredentialStatus.ENDED);
        clock.advance(Duration.ofSeconds(5));

        assertThatExceptionOfType(BadCredentialsException.class)
                .isThrownBy(() -> credentials.require(ANN).block());
    }

    @Test
    void takesAwayTheRolesThatTheUserHasLost() {
        answer = Mono.just(new CredentialStatus(true, Set.of(Caller.USER)));
        Caller administrator = new Caller(
                "ann@example.org", Set.of(Caller.USER, Caller.ADMINISTRATOR), "s-1", Reach.EVERYTHING, "token");

        assertThat(Outcome.of(credentials.require(administrator)).roles()).containsExactly(Caller.USER);
    }

    @Test
    void givesNoRoleThatTheTokenDoesNotHave() {
        answer = Mono.just(new CredentialStatus(true, Set.of(Caller.USER, Caller.ADMINISTRATOR)));

        assertThat(Outcome.of(credentials.require(ANN)).isAdministrator()).isFalse();
    }

    @Test
    void trustsTheLastAnswerForAMinuteWhileThereIsNone() {
        Outcome.of(credentials.require(ANN));
        answer = Mono.error(new IOException("nobody listens"));

        clock.advance(Duration.ofSeconds(65));
        assertThat(Outcome.of(credentials.require(ANN))).isEqualTo(ANN);

        clock.advance(Duration.ofSeconds(5));
        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> credentials.require(ANN).block())
                .satisfies(
                        failure -> assertThat(failure.getStatusCode().value()).isEqualTo(503))
                .satisfies(failure ->
                        assertThat(failure.getHeaders().getFirst("Retry-After")).isEqualTo("2"));
    }

    @Test
    void keepsTurningAwayWhileThereIsNoAnswer() {
        answer = Mono.just(CredentialStatus.ENDED);
        assertThatExceptionOfType(BadCredentialsException.class)
                .isThrownBy(() -> credentials.require(ANN).block());
        answer = Mono.error(new IOException("nobody listens"));
        clock.advance(Duration.ofSeconds(30));

        assertThatExceptionOfType(BadCredentialsException.class)
                .isThrownBy(() -> credentials.require(ANN).block());
    }

    @Test
    void letsNobodyInWhomItKnowsNothingAbout() {
        answer = Mono.error(new IOException("nobody listens"));

        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> credentials.require(ANN).block())
                .satisfies(
                        failure -> assertThat(failure.getStatusCode().value()).isEqualTo(503));
    }

    private static Caller caller(String credentialId) {
        return new Caller("ann@example.org", Set.of(Caller.USER), credentialId, Reach.EVERYTHING, "token");
    }
}
