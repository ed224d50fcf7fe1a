package io.sluice.authservice.password;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;

class PasswordHashingTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final PasswordHashing passwords = new PasswordHashing(1, 1, PATIENCE);

    @AfterEach
    void stop() {
        passwords.destroy();
    }

    @Test
    void hashesWithTheRecommendedCost() {
        String hash = hash("correct horse");

        assertThat(hash).startsWith("$argon2id$v=19$m=19456,t=2,p=1$").doesNotContain("correct horse");
    }

    @Test
    void saltsEachHash() {
        assertThat(hash("correct horse")).isNotEqualTo(hash("correct horse"));
    }

    @Test
    void tellsTheRightPasswordFromAnyOther() {
        String hash = hash("correct horse");

        assertThat(matches("correct horse", hash)).isTrue();
        assertThat(matches("correct horsE", hash)).isFalse();
        assertThat(matches("correct horse ", hash)).isFalse();
        assertThat(matches("", hash)).isFalse();
    }

    @Test
    void takesTheSameCharactersFromAnyKeyboard() {
        String composed = hash("p\u00e4ssword");

        assertThat(matches("pa\u0308ssword", composed)).isTrue();
    }

    @Test
    void survivesHalfACharacter() {
        String hash = hash("half a \ud83d face");

        assertThat(matches("half a \ud83d face", hash)).isTrue();
    }

    @Test
    void checksNobodysPasswordAtTheCostOfAnyOther() {
        String someones = hash("correct horse");

        assertThat(costOf(passwords.nobodys())).isEqualTo(costOf(someones));
        assertThat(passwords.nobodys()).hasSameSizeAs(someones);
        assertThat(matches("correct horse", passwords.nobodys())).isFalse();
    }

    @Test
    void asksToTryAgainWhenTooManyWait() {
        List<Signal<String>> outcomes = Flux.range(0, 10)
                .flatMap(attempt -> passwords.hash("correct horse").materialize(), 10)
                .collectList()
                .blockOptional(PATIENCE)
                .orElseThrow();

        List<Throwable> refusals = outcomes.stream()
                .filter(Signal::isOnError)
                .map(Signal::getThrowable)
                .toList();
        assertThat(outcomes).anyMatch(Signal::isOnNext);
        assertThat(refusals).isNotEmpty().allSatisfy(refusal -> {
            assertThat(refusal).isInstanceOf(ErrorResponseException.class);
            ErrorResponseException problem = (ErrorResponseException) refusal;
            assertThat(problem.getStatusCode().value()).isEqualTo(503);
            assertThat(problem.getHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("2");
        });
    }

    @Test
    void letsNobodyWaitForLong() {
        PasswordHashing impatient = new PasswordHashing(1, 1, Duration.ofNanos(1));
        try {
            assertThatThrownBy(() -> impatient.hash("correct horse").block(PATIENCE))
                    .isInstanceOfSatisfying(
                            ErrorResponseException.class,
                            problem ->
                                    assertThat(problem.getStatusCode().value()).isEqualTo(503));
        } finally {
            impatient.destroy();
        }
    }

    @Test
    void hashesAgainAfterTheRush() {
        Mono<Long> rush = Flux.range(0, 10)
                .flatMap(attempt -> passwords.hash("correct horse").onErrorComplete(), 10)
                .count();

        assertThat(rush.blockOptional(PATIENCE)).isPresent();
        assertThat(hash("correct horse")).isNotEmpty();
    }

    private static String costOf(String hash) {
        return hash.substring(0, hash.indexOf("$", hash.indexOf("p=")));
    }

    private String hash(String password) {
        return passwords.hash(password).blockOptional(PATIENCE).orElseThrow();
    }

    private boolean matches(String password, String hash) {
        return passwords.matches(password, hash).blockOptional(PATIENCE).orElseThrow();
    }
}
