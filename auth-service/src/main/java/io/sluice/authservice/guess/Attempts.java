package io.sluice.authservice.guess;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.mapping.Document;

/**
 * How often a password was wrong: of one account from one address, of one account within an hour, or from one address
 * within an hour.
 *
 * @param failures wrong ones in a row, or within the hour
 * @param pending those that are being checked at this moment
 * @param lastAt when the last of them was sent
 * @param succeededAt when a right one came last
 * @param expiresAt when none of this matters any more
 */
@Document("guesses")
record Attempts(
        @Id String id,
        int failures,
        int pending,
        Instant lastAt,
        @Nullable Instant succeededAt,
        Instant expiresAt) {

    /** For how long somebody who has signed in from an address is known there. */
    static final Duration KNOWN = Duration.ofDays(30);

    /** After so long without a try the count starts again. */
    static final Duration REMEMBERED = Duration.ofDays(1);

    /** The longest that anybody waits. */
    static final Duration LONGEST_DELAY = Duration.ofMinutes(15);

    /** No check takes longer; whoever had begun one has died. */
    private static final Duration ABANDONED = Duration.ofSeconds(30);

    static Attempts none(String id, Instant now) {
        return new Attempts(id, 0, 0, now, null, now);
    }

    boolean isKnownAt(Instant now) {
        return succeededAt != null && now.isBefore(succeededAt.plus(KNOWN));
    }

    /** As it counts now: old failures are forgiven, abandoned checks count as failures. */
    Attempts at(Instant now) {
        if (!now.isBefore(lastAt.plus(REMEMBERED))) {
            return new Attempts(id, 0, 0, lastAt, succeededAt, expiresAt);
        }
        if (pending > 0 && !now.isBefore(lastAt.plus(ABANDONED))) {
            return new Attempts(id, failures + pending, 0, lastAt, succeededAt, expiresAt);
        }
        return this;
    }

    /** How long the next try has to wait: not at all for the first few, then twice as long each time. */
    Duration delayAt(Instant now, int free) {
        if (failures < free) {
            return Duration.ZERO;
        }
        Duration left = Duration.between(now, lastAt.plus(delayAfter(failures - free)));
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** The same when the account is under attack: one try, then the longest wait. */
    Duration longestDelayAt(Instant now) {
        if (failures == 0) {
            return Duration.ZERO;
        }
        Duration left = Duration.between(now, lastAt.plus(LONGEST_DELAY));
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static Duration delayAfter(int paidFailures) {
        Duration delay = Duration.ofSeconds(1L << Math.min(paidFailures, 20));
        return delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay;
    }
}
