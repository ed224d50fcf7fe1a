package io.sluice.kit.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.kit.error.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.BadCredentialsException;
import reactor.core.publisher.Mono;

/**
 * Turns away who was signed out, revoked, disabled or deleted, within {@link #REMEMBERED}: so long an answer counts,
 * from the moment it was asked for. All who wait share one question. While there is no answer, the last one counts for
 * {@link #TRUSTED_WITHOUT_ANSWER} more; after that nobody knows, and the request is {@link Problem#UNAVAILABLE}.
 */
class LiveCredentials {

    static final Duration REMEMBERED = Duration.ofSeconds(5);
    static final Duration TRUSTED_WITHOUT_ANSWER = Duration.ofSeconds(60);

    private static final Logger log = LoggerFactory.getLogger(LiveCredentials.class);

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration LONGEST_TRUST = REMEMBERED.plus(TRUSTED_WITHOUT_ANSWER);
    private static final int MOST_REMEMBERED = 50_000;
    private static final int RETRY_AFTER_SECONDS = 2;

    private final CredentialSource source;
    private final Clock clock;
    private final Cache<Question, Answer> answers = Caffeine.newBuilder()
            .maximumSize(MOST_REMEMBERED)
            .expireAfterWrite(LONGEST_TRUST)
            .build();
    private final Map<Question, Mono<Answer>> asking = new ConcurrentHashMap<>();

    LiveCredentials(CredentialSource source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    private record Question(String userId, String credentialId) {}

    /**
     * @param askedAt when it was last asked, with or without success
     * @param trueAt when it was asked with success
     */
    private record Answer(CredentialStatus status, Instant askedAt, Instant trueAt) {}

    /** The caller with the roles of today; {@link BadCredentialsException} when the credential has ended. */
    Mono<Caller> require(Caller caller) {
        Question question = new Question(caller.userId(), caller.credentialId());
        Answer known = answers.getIfPresent(question);
        Mono<Answer> answer =
                known != null && clock.instant().isBefore(known.askedAt().plus(REMEMBERED))
                        ? Mono.just(known)
                        : asking.computeIfAbsent(question, unanswered -> ask(question, caller));
        return answer.map(Answer::status).map(status -> judge(status, caller));
    }

    private Mono<Answer> ask(Question question, Caller caller) {
        return Mono.defer(() -> {
                    Instant askedAt = clock.instant();
                    return source.status(caller)
                            .timeout(TIMEOUT)
                            .map(status -> new Answer(status, askedAt, askedAt))
                            .onErrorResume(failure -> lastKnown(question, askedAt, failure))
                            .doOnNext(answer -> answers.put(question, answer));
                })
                .doFinally(end -> asking.remove(question))
                .cache();
    }

    private Mono<Answer> lastKnown(Question question, Instant askedAt, Throwable failure) {
        log.warn("Cannot find out whether {} is still signed in: {}", question.userId(), failure.toString());
        Answer last = answers.getIfPresent(question);
        if (last == null || askedAt.isAfter(last.trueAt().plus(LONGEST_TRUST))) {
            return Mono.error(Problem.unavailable(
                    "Whether you are still signed in cannot be found out at the moment", RETRY_AFTER_SECONDS));
        }
        return Mono.just(new Answer(last.status(), askedAt, last.trueAt()));
    }

    private static Caller judge(CredentialStatus status, Caller caller) {
        if (!status.active()) {
            throw TokenVerifier.refused();
        }
        return status.roles() == null ? caller : caller.keeping(status.roles());
    }
}
