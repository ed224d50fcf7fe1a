package io.sluice.kit.mongo;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoExecutionTimeoutException;
import io.sluice.kit.error.Problem;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/** Words the failures of the database as problems, for {@code ProblemExceptionHandler}, which comes next. */
@Order(-3)
class MongoProblems implements WebExceptionHandler {

    /** Spent {@code maxTimeMS}: https://www.mongodb.com/docs/manual/reference/error-codes (MaxTimeMSExpired). */
    private static final int MAX_TIME_EXPIRED = 50;

    /** The embedded database met something it did not reckon with, such as an element that is no object in {@code $match}. */
    private static final int UNKNOWN_TO_EMBEDDED = -1;

    private static final int RETRY_AFTER_SECONDS = 2;

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        return Mono.error(translate(failure));
    }

    private static Throwable translate(Throwable failure) {
        if (failure instanceof DuplicateKeyException) {
            return Problem.ALREADY_EXISTS.with("Something with the same key exists already");
        }
        if (failure instanceof OptimisticLockingFailureException) {
            return Problem.CHANGED_MEANWHILE.with(
                    "Somebody else changed this at the same moment; read it and try again");
        }
        if (ranOutOfTime(failure)) {
            return Problem.QUERY_TOO_EXPENSIVE.with("The query took longer than it may; narrow it down");
        }
        if (causeOf(failure) instanceof MongoCommandException refusal
                && refusal.getErrorCode() == UNKNOWN_TO_EMBEDDED) {
            return Problem.UNSUPPORTED.with("The embedded database cannot answer this; MongoDB can");
        }
        if (failure instanceof DataAccessResourceFailureException) {
            return Problem.unavailable("The database does not answer at the moment", RETRY_AFTER_SECONDS);
        }
        return failure;
    }

    private static boolean ranOutOfTime(Throwable failure) {
        Throwable cause = causeOf(failure);
        return cause instanceof MongoExecutionTimeoutException
                || cause instanceof MongoException mongo && mongo.getCode() == MAX_TIME_EXPIRED;
    }

    private static @Nullable Throwable causeOf(Throwable failure) {
        return failure instanceof DataAccessException ? failure.getCause() : failure;
    }
}
