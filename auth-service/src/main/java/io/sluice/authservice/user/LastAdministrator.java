package io.sluice.authservice.user;

import static org.springframework.data.mongodb.core.query.Criteria.where;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.error.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.bson.types.ObjectId;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.FindAndModifyOptions;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Sees to it that somebody can always manage the users. Two administrators who remove each other at the same moment touch
 * two documents, so they take turns, whichever replica they come to.
 */
@Component
class LastAdministrator {

    private static final String TURN = "administrators";
    private static final Duration LONGEST_TURN = Duration.ofSeconds(10);
    private static final Duration LONGEST_CHANGE = Duration.ofSeconds(5);
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(50);
    private static final int MOST_ATTEMPTS = 200;
    private static final int RETRY_AFTER_SECONDS = 2;

    private final ReactiveMongoTemplate mongo;
    private final Clock clock;

    LastAdministrator(ReactiveMongoTemplate mongo, Clock clock) {
        this.mongo = mongo;
        this.clock = clock;
    }

    @Document("turns")
    private record Turn(@Id String id, String holder, Instant until) {}

    /**
     * Does what takes away an administrator, unless it is the last one who may sign in.
     *
     * @param user as read before
     * @param change at most 5 s long
     */
    <T> Mono<T> outlives(User user, Mono<T> change) {
        if (!user.isActiveAdministrator()) {
            return change;
        }
        Mono<T> checked = hasOthers(user)
                .flatMap(hasOthers -> hasOthers ? change : Mono.error(LastAdministrator::isLast))
                .timeout(LONGEST_CHANGE);
        return Mono.usingWhen(take(), turn -> checked, this::release);
    }

    private Mono<Boolean> hasOthers(User user) {
        Query others = Query.query(where("roles")
                .is(Caller.ADMINISTRATOR)
                .and("disabledAt")
                .isNull()
                .and("_id")
                .ne(user.email()));
        return mongo.exists(others, User.class);
    }

    private Mono<Turn> take() {
        return Mono.defer(() -> {
                    Instant now = clock.instant();
                    Query free = Query.query(where("_id").is(TURN).and("until").lte(now));
                    Update taken =
                            Update.update("until", now.plus(LONGEST_TURN)).set("holder", new ObjectId().toHexString());
                    return mongo.findAndModify(
                            free,
                            taken,
                            FindAndModifyOptions.options().upsert(true).returnNew(true),
                            Turn.class);
                })
                .retryWhen(Retry.fixedDelay(MOST_ATTEMPTS, BETWEEN_ATTEMPTS)
                        .filter(DuplicateKeyException.class::isInstance)
                        .onRetryExhaustedThrow((spec, last) -> Problem.unavailable(
                                "Others change the administrators at this moment; try again", RETRY_AFTER_SECONDS)));
    }

    private Mono<Void> release(Turn turn) {
        Query own = Query.query(where("_id").is(TURN).and("holder").is(turn.holder()));
        return mongo.updateFirst(own, Update.update("until", Instant.EPOCH), Turn.class)
                .then();
    }

    private static ErrorResponseException isLast() {
        return Problem.ALREADY_EXISTS.with("This is the last administrator who can sign in; make another one first");
    }
}
