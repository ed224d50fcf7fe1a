package io.sluice.itemservice.feature;

import io.sluice.kit.query.Condition;
import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Whether somebody is changing the vectors of a set, known to all replicas. */
public interface FeatureChanges {

    /** Makes or deletes vectors of these sets; it ends only when every replica knows that what it remembers is old. */
    <T> Mono<T> around(Collection<String> setIds, Mono<T> change);

    /** What changes with the vectors of a set; empty while somebody may be changing them. */
    Mono<String> revision(String setId);

    /**
     * How many vectors of a set match, counted once while nothing changes.
     *
     * @param counting counts them in the database
     * @param worded tells one condition from another; null for one that is not remembered
     */
    Mono<Long> total(
            String setId,
            Condition condition,
            Function<Condition, Mono<Long>> counting,
            Function<Condition, @Nullable String> worded);
}
