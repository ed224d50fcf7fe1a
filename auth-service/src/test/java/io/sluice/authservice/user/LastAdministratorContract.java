package io.sluice.authservice.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.Outcome;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

abstract class LastAdministratorContract {

    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private final ReactiveMongoTemplate mongo;
    private final LastAdministrator here;
    private final LastAdministrator there;

    LastAdministratorContract(MongoServer.Lease database) {
        this.mongo = database.template();
        this.here = new LastAdministrator(mongo, Clock.systemUTC());
        this.there = new LastAdministrator(mongo, Clock.systemUTC());
    }

    @BeforeEach
    void nobodyThere() {
        Outcome.of(mongo.remove(new Query(), User.class));
    }

    /** Each would be the last one without the other; two replicas must not both let go. */
    @RepeatedTest(5)
    void leavesOneOfTwoWhoRemoveEachOther() {
        User ann = administrator();
        User bob = administrator();

        List<Boolean> removed = Outcome.of(
                Flux.merge(isRemoved(here, ann), isRemoved(there, bob)).collectList());

        assertThat(removed).containsExactlyInAnyOrder(true, false);
        assertThat(Outcome.of(mongo.count(new Query(), User.class))).isOne();
    }

    @Test
    void countsNobodyWhoIsDisabled() {
        User ann = administrator();
        User disabled = administrator();
        Outcome.of(mongo.save(disabled.changedTo(new UserDetails("", "", true, disabled.roles()), NOW)));

        assertThatExceptionOfType(ErrorResponseException.class)
                .isThrownBy(() -> here.outlives(ann, remove(ann)).block())
                .satisfies(
                        failure -> assertThat(failure.getStatusCode().value()).isEqualTo(409));
    }

    @Test
    void letsTheNextOneTryAfterAFailure() {
        User ann = administrator();
        administrator();
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> here.outlives(ann, Mono.error(new IllegalStateException()))
                        .block());

        assertThat(Outcome.of(there.outlives(ann, remove(ann)))).isEqualTo(ann);
    }

    private Mono<Boolean> isRemoved(LastAdministrator guard, User user) {
        return guard.outlives(user, remove(user))
                .map(gone -> true)
                .onErrorResume(ErrorResponseException.class, refused -> Mono.just(false));
    }

    private Mono<User> remove(User user) {
        return mongo.remove(Query.query(Criteria.where("_id").is(user.email())), User.class)
                .thenReturn(user);
    }

    private User administrator() {
        return Outcome.of(mongo.insert(User.administrator(UUID.randomUUID() + "@example.org", "hash", NOW)));
    }
}
