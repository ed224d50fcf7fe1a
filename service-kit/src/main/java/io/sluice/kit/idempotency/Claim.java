package io.sluice.kit.idempotency;

import io.sluice.kit.error.Problem;
import org.springframework.http.HttpHeaders;
import org.springframework.web.ErrorResponseException;

/** What somebody hears who wants to carry out the request with a key. */
sealed interface Claim {

    /** It is theirs, until they have kept an answer or released it. */
    record Granted(KeyUse use) implements Claim {}

    /** It was carried out already. */
    record Answered(KeyUse.Request request, KeyUse.Answer answer) implements Claim {}

    /** They may not, and why. */
    sealed interface Refused extends Claim {

        ErrorResponseException reason();
    }

    /** Somebody else is at it. */
    record Held() implements Refused {

        private static final String RETRY_AFTER_SECONDS = "1";

        @Override
        public ErrorResponseException reason() {
            ErrorResponseException failure = Problem.KEY_IN_USE.at(
                    IdempotencyKey.HEADER, "belongs to a request that is still carried out; ask again for its answer");
            failure.getHeaders().set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
            return failure;
        }
    }

    /** The key stands for another request. */
    record Taken() implements Refused {

        @Override
        public ErrorResponseException reason() {
            return Problem.KEY_REUSED.at(
                    IdempotencyKey.HEADER,
                    "stands for another request, or for one with a token of other rights; send a new key");
        }
    }
}
