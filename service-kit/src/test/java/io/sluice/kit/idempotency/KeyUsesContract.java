package io.sluice.kit.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.MovableClock;
import io.sluice.kit.testing.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.bson.types.Binary;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

abstract class KeyUsesContract {

    private static final KeyUse.Request REQUEST = new KeyUse.Request("digest", 7);
    private static final KeyUse.Request OTHER = new KeyUse.Request("other digest", 7);
    private static final KeyUse.Answer ANSWER = new KeyUse.Answer(
            201,
            List.of(new KeyUse.Header("Link", List.of("<a>", "<b>"))),
            new Binary("made".getBytes(StandardCharsets.UTF_8)));

    private final MovableClock clock = new MovableClock();
    private final String id = UUID.randomUUID().toString();
    private final ReactiveMongoTemplate mongo;
    private final KeyUses uses;

    KeyUsesContract(MongoServer.Lease database) {
        this.mongo = database.template();
        this.uses = new KeyUses(mongo, clock);
    }

    @Test
    void grantsARequestToOneOfMany() {
        // Two replicas.
        KeyUses others = new KeyUses(mongo, clock);

        List<Claim> claims = Outcome.of(Flux.range(0, 60)
                .flatMap(number -> (number % 2 == 0 ? uses : others).claim(id, REQUEST), 60)
                .collectList());

        assertThat(claims)
                .hasSize(60)
                .filteredOn(Claim.Granted.class::isInstance)
                .hasSize(1);
        assertThat(claims).filteredOn(Claim.Held.class::isInstance).hasSize(59);
    }

    @Test
    void tellsTheAnswerAsItWasKept() {
        KeyUse use = granted(REQUEST);

        assertThat(Outcome.of(uses.keep(use, REQUEST, ANSWER))).isTrue();

        assertThat(claim(REQUEST)).isEqualTo(new Claim.Answered(REQUEST, ANSWER));
        assertThat(claim(OTHER)).isInstanceOf(Claim.Taken.class);
    }

    /** A form is known at its end only. */
    @Test
    void tellsTheAnswerToWhoHasNotReadTheirRequestYet() {
        Outcome.of(uses.keep(granted(null), REQUEST, ANSWER));

        assertThat(claim(null)).isEqualTo(new Claim.Answered(REQUEST, ANSWER));
    }

    @Test
    void tellsFromTheFirstMomentThatAKeyStandsForAnotherRequest() {
        granted(REQUEST);

        assertThat(claim(OTHER)).isInstanceOf(Claim.Taken.class);
    }

    @Test
    void grantsAReleasedRequestAgain() {
        release(granted(REQUEST));

        granted(OTHER);
    }

    @Test
    void grantsARequestAgainWhenItsHolderIsDead() {
        KeyUse dead = granted(REQUEST);
        clock.advance(KeyUses.HELD.minusMillis(1));
        assertThat(claim(REQUEST)).isInstanceOf(Claim.Held.class);

        clock.advance(Duration.ofMillis(1));

        KeyUse next = granted(REQUEST);
        assertThat(next.holder()).isNotEqualTo(dead.holder());
    }

    @Test
    void grantsARequestOfADeadHolderToOneOfMany() {
        granted(REQUEST);
        clock.advance(KeyUses.HELD);

        List<Claim> claims = Outcome.of(
                Flux.range(0, 30).flatMap(number -> uses.claim(id, REQUEST), 30).collectList());

        assertThat(claims).filteredOn(Claim.Granted.class::isInstance).hasSize(1);
    }

    @Test
    void leavesARequestToWhoSaysThatTheyAreAtIt() {
        KeyUse use = granted(REQUEST);
        clock.advance(KeyUses.HELD.minusSeconds(1));
        Outcome.of(uses.renew(use).thenReturn(true));

        clock.advance(KeyUses.HELD.minusSeconds(1));

        assertThat(claim(REQUEST)).isInstanceOf(Claim.Held.class);
    }

    @Test
    void takesNoAnswerFromWhoWasTakenForDead() {
        KeyUse dead = granted(REQUEST);
        clock.advance(KeyUses.HELD);
        KeyUse next = granted(REQUEST);

        assertThat(Outcome.of(uses.keep(dead, REQUEST, ANSWER))).isFalse();
        release(dead);

        assertThat(claim(REQUEST)).isInstanceOf(Claim.Held.class);
        assertThat(Outcome.of(uses.keep(next, REQUEST, ANSWER))).isTrue();
    }

    @Test
    void forgetsAnAnswerAfterADay() {
        Outcome.of(uses.keep(granted(REQUEST), REQUEST, ANSWER));
        clock.advance(KeyUses.KEPT.minusMillis(1));
        assertThat(claim(REQUEST)).isInstanceOf(Claim.Answered.class);

        clock.advance(Duration.ofMillis(1));

        granted(OTHER);
    }

    /** The embedded database does not remove by itself what is over. */
    @Test
    void removesWhatIsOver() {
        Outcome.of(uses.keep(granted(REQUEST), REQUEST, ANSWER));
        clock.advance(KeyUses.KEPT);

        Outcome.of(uses.claim(UUID.randomUUID().toString(), REQUEST));

        assertThat(Outcome.of(mongo.findById(id, KeyUse.class).hasElement())).isFalse();
    }

    private KeyUse granted(KeyUse.@Nullable Request request) {
        Claim claim = claim(request);
        assertThat(claim).isInstanceOf(Claim.Granted.class);
        return ((Claim.Granted) claim).use();
    }

    private Claim claim(KeyUse.@Nullable Request request) {
        return Outcome.of(uses.claim(id, request));
    }

    private void release(KeyUse use) {
        Outcome.of(uses.release(use).then(Mono.just(true)));
    }
}
