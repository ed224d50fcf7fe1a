package io.sluice.authservice.guess;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kit.error.Problem;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.MovableClock;
import io.sluice.kit.testing.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.http.HttpHeaders;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

abstract class GuessesContract {

    private static final int RIGHT = 200;
    private static final int WRONG = 401;
    private static final int LATER = 429;

    private final MovableClock clock = new MovableClock();
    private final ReactiveMongoTemplate mongo;
    private final Guesses guesses;
    private final String account = "ann-" + UUID.randomUUID() + "@example.org";

    GuessesContract(MongoServer.Lease database) {
        this.mongo = database.template();
        this.guesses = new Guesses(mongo, clock);
    }

    /** What came of a try: the status, and for how many seconds to wait. */
    private record Answer(int status, int retryAfter) {}

    @Test
    void makesEachFurtherWrongTryWaitTwiceAsLong() {
        String address = anyAddress();
        for (int i = 1; i < Guesses.FREE; i++) {
            assertThat(wrong(account, address)).isEqualTo(new Answer(WRONG, 0));
        }

        assertThat(wrong(account, address)).isEqualTo(new Answer(WRONG, 1));
        assertThat(wrong(account, address)).isEqualTo(new Answer(LATER, 1));
        clock.advance(Duration.ofSeconds(1));
        assertThat(wrong(account, address)).isEqualTo(new Answer(WRONG, 2));
        clock.advance(Duration.ofSeconds(1));
        assertThat(wrong(account, address)).isEqualTo(new Answer(LATER, 1));
    }

    @Test
    void locksForAQuarterOfAnHourAtMost() {
        String address = anyAddress();
        for (int i = 0; i < Guesses.FREE + 20; i++) {
            wrong(account, address);
            clock.advance(Attempts.LONGEST_DELAY);
        }

        assertThat(wrong(account, address).status()).isEqualTo(WRONG);
        assertThat(right(account, address)).isEqualTo(new Answer(LATER, 900));
        clock.advance(Attempts.LONGEST_DELAY);
        assertThat(right(account, address).status()).isEqualTo(RIGHT);
    }

    @Test
    void startsAnewAfterARightPassword() {
        String address = anyAddress();
        for (int i = 1; i < Guesses.FREE; i++) {
            wrong(account, address);
        }

        assertThat(right(account, address).status()).isEqualTo(RIGHT);

        assertThat(wrong(account, address)).isEqualTo(new Answer(WRONG, 0));
    }

    @Test
    void countsForAllReplicasAndAcrossRestarts() {
        String address = anyAddress();
        for (int i = 0; i < Guesses.FREE; i++) {
            wrong(account, address);
        }

        Guesses other = new Guesses(mongo, clock);

        assertThat(answer(other, account, address, Mono.empty()).status()).isEqualTo(LATER);
    }

    @Test
    void letsTheRightUserInWhileOthersAreLockedOut() {
        String attacker = anyAddress();
        for (int i = 0; i < Guesses.FREE; i++) {
            wrong(account, attacker);
        }

        assertThat(right(account, attacker).status()).isEqualTo(LATER);
        assertThat(right(account, anyAddress()).status()).isEqualTo(RIGHT);
    }

    @Test
    void leavesStrangersOneTryWhenAnAccountIsGuessedFromEverywhere() {
        String home = anyAddress();
        right(account, home);
        IntStream.range(0, Guesses.FREE_OF_ACCOUNT).forEach(number -> wrong(account, anyAddress()));

        String stranger = anyAddress();
        assertThat(wrong(account, stranger).status()).isEqualTo(WRONG);
        assertThat(wrong(account, stranger).status()).isEqualTo(LATER);

        assertThat(wrong(account, home).status()).isEqualTo(WRONG);
        assertThat(right(account, home).status()).isEqualTo(RIGHT);
        assertThat(right(account, anyAddress()).status()).isEqualTo(RIGHT);
    }

    @Test
    void slowsAnAddressDownThatTriesManyAccounts() {
        String attacker = anyAddress();
        String known = "known-" + account;
        right(known, attacker);
        IntStream.range(0, Guesses.FREE_OF_ADDRESS).forEach(number -> wrong(number + account, attacker));

        assertThat(right(account, attacker).status()).isEqualTo(LATER);
        assertThat(right(known, attacker).status()).isEqualTo(RIGHT);
        clock.advance(Duration.ofHours(2));
        assertThat(right(account, attacker).status()).isEqualTo(RIGHT);
    }

    @Test
    void checksNoMoreThanAFewOfManyWrongPasswordsThatComeAtOnce() {
        String address = anyAddress();
        AtomicInteger checked = new AtomicInteger();
        Mono<String> check = Mono.delay(Duration.ofMillis(20))
                .doOnNext(done -> checked.incrementAndGet())
                .flatMap(done -> Mono.empty());

        List<Integer> statuses = Outcome.of(Flux.range(0, 50)
                .flatMap(number -> status(guesses, account, address, check), 50)
                .map(Answer::status)
                .collectList());

        assertThat(checked.get()).isEqualTo(Guesses.FREE);
        assertThat(statuses).filteredOn(status -> status == WRONG).hasSize(Guesses.FREE);
        assertThat(statuses).filteredOn(status -> status == LATER).hasSize(50 - Guesses.FREE);
    }

    @Test
    void letsAllInWhoComeAtOnceWithTheRightPassword() {
        String address = anyAddress();
        Mono<String> check = Mono.delay(Duration.ofMillis(5)).map(done -> "in");

        List<Integer> statuses = Outcome.of(Flux.range(0, 20)
                .flatMap(number -> status(guesses, account, address, check), 20)
                .map(Answer::status)
                .collectList());

        assertThat(statuses).containsOnly(RIGHT);
    }

    @Test
    void countsNoCheckThatCouldNotBeMade() {
        String address = anyAddress();
        Mono<String> crowded = Mono.error(() -> Problem.unavailable("Too many at once", 1));
        for (int i = 0; i < Guesses.FREE + 1; i++) {
            assertThat(answer(guesses, account, address, crowded).status()).isEqualTo(503);
        }

        assertThat(wrong(account, address)).isEqualTo(new Answer(WRONG, 0));
    }

    private Answer wrong(String whose, String address) {
        return answer(guesses, whose, address, Mono.empty());
    }

    private Answer right(String whose, String address) {
        return answer(guesses, whose, address, Mono.just("in"));
    }

    private static Answer answer(Guesses guesses, String whose, String address, Mono<String> check) {
        return Outcome.of(status(guesses, whose, address, check));
    }

    private static Mono<Answer> status(Guesses guesses, String whose, String address, Mono<String> check) {
        return guesses.attempt(whose, address, check)
                .map(in -> new Answer(RIGHT, 0))
                .onErrorResume(ErrorResponseException.class, refused -> {
                    String retryAfter = refused.getHeaders().getFirst(HttpHeaders.RETRY_AFTER);
                    int seconds = retryAfter == null ? 0 : Integer.parseInt(retryAfter);
                    return Mono.just(new Answer(refused.getStatusCode().value(), seconds));
                });
    }

    private static String anyAddress() {
        return UUID.randomUUID().toString();
    }
}
