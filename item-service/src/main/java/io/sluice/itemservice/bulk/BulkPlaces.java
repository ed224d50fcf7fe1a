package io.sluice.itemservice.bulk;

import io.sluice.kit.error.Problem;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;

/**
 * As many bulk uploads as a replica works on at once. All of them may use the same of the disk and the database, and one
 * caller has a part of the places only: so every other caller gets its share.
 */
@Component
class BulkPlaces {

    private static final int RETRY_AFTER_SECONDS = 5;

    private final BulkProperties properties;
    private final Map<String, Integer> taken = new HashMap<>();
    private int all;

    BulkPlaces(BulkProperties properties) {
        this.properties = properties;
    }

    /** Works while it has a place; fails with {@link Problem#TOO_MANY_REQUESTS} or {@code UNAVAILABLE} when there is none. */
    <T> Flux<T> in(String userId, Supplier<Flux<T>> work) {
        return Flux.using(() -> take(userId), place -> work.get(), this::giveBack);
    }

    /** How many are taken. */
    synchronized int taken() {
        return all;
    }

    /** How many there are. */
    int most() {
        return properties.atOnce();
    }

    private synchronized String take(String userId) {
        if (taken.getOrDefault(userId, 0) >= properties.atOnceOfCaller()) {
            throw Problem.tooManyRequests(
                    "You may have " + properties.atOnceOfCaller() + " bulk uploads at once", RETRY_AFTER_SECONDS);
        }
        if (all >= properties.atOnce()) {
            throw Problem.unavailable("Others are uploading as much as can be worked on", RETRY_AFTER_SECONDS);
        }
        all++;
        taken.merge(userId, 1, Integer::sum);
        return userId;
    }

    private synchronized void giveBack(String userId) {
        all--;
        taken.computeIfPresent(userId, (user, count) -> count == 1 ? null : count - 1);
    }
}
