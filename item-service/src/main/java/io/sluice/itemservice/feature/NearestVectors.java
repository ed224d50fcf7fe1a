package io.sluice.itemservice.feature;

import io.sluice.itemservice.feature.FeatureVectors.Place;
import io.sluice.itemservice.feature.NewVector.Numbers;
import io.sluice.kit.error.Problem;
import io.sluice.kit.query.Condition;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Finds the vectors of a set that are nearest to one, exactly: all of them are looked at, from memory or while the database
 * sends them, and only the nearest so far are kept.
 */
@Component
class NearestVectors implements DisposableBean {

    /** As many as are found. */
    static final int MOST = 1_000;

    private static final Condition EVERY = new Condition.All(List.of());
    private static final int RETRY_AFTER_SECONDS = 1;

    /** Each processor looks at some of them. */
    private static final int AT_ONCE = Runtime.getRuntime().availableProcessors();

    /** As many blocks as wait for one of them. */
    private static final int AHEAD = 1;

    private final FeatureVectors vectors;
    private final RememberedVectors remembered;
    private final FeatureProperties properties;
    private final Scheduler threads;
    private final AtomicInteger searches = new AtomicInteger();

    NearestVectors(FeatureVectors vectors, RememberedVectors remembered, FeatureProperties properties) {
        this.vectors = vectors;
        this.remembered = remembered;
        this.properties = properties;
        this.threads = Schedulers.newBoundedElastic(
                properties.searchesAtOnce(), Integer.MAX_VALUE, "nearest-vectors", 60, true);
    }

    /**
     * What is looked for.
     *
     * @param most as many as are found, if there are as many
     * @param filter what else they have to be
     * @param without the id of the vector that is not to be found; null for none
     * @param revision what the set was at when the request had come; empty when that is not known
     */
    record Search(
            FeatureSet set,
            Optional<String> revision,
            Numbers value,
            Metric metric,
            int most,
            Condition filter,
            @Nullable String without) {}

    /** @param score as the metric says */
    record Neighbour(Place vector, double score) {}

    /** What a set is at, for a {@link Search}; nobody is asked for one with a filter, which reads anyway. */
    Mono<Optional<String>> revision(String setId, Condition filter) {
        return filter.equals(EVERY) ? remembered.revision(setId) : Mono.just(Optional.empty());
    }

    /** The nearest first; those that are as near in the order of their creation. */
    Mono<List<Neighbour>> find(Search search) {
        return Mono.defer(() -> {
            if (searches.incrementAndGet() > properties.searchesAtOnce()) {
                searches.decrementAndGet();
                return Mono.error(Problem.unavailable(
                        "As many searches as may be are under way; try again", RETRY_AFTER_SECONDS));
            }
            return look(search).doFinally(end -> searches.decrementAndGet());
        });
    }

    private Mono<List<Neighbour>> look(Search search) {
        String without = search.without();
        return blocks(search)
                .parallel(AT_ONCE, AHEAD)
                .runOn(threads, AHEAD)
                .collect(
                        () -> new Nearest(
                                Packed.numbers(search.value().packed()),
                                search.metric(),
                                search.most(),
                                without == null ? null : new ObjectId(without)),
                        (nearest, some) -> some.forEach(nearest::offer))
                .reduce(Nearest::with)
                .flatMap(nearest -> whole(nearest.inOrder()))
                .timeout(
                        properties.longestSearch(),
                        Mono.error(() -> Problem.QUERY_TOO_EXPENSIVE.at(
                                "filter", "leaves more vectors than can be looked at in time; narrow it down")));
    }

    private Flux<List<VectorBlock>> blocks(Search search) {
        FeatureSet set = search.set();
        int ahead = FeatureVectors.readAhead(set);
        Flux<VectorBlock> stored = vectors.numbers(set, search.filter(), properties.longestSearch())
                .publishOn(threads, ahead)
                .buffer(ahead)
                .map(documents -> VectorRows.of(documents, set.size()));
        return search.filter().equals(EVERY) ? remembered.of(set, search.revision(), stored) : stored.map(List::of);
    }

    private Mono<List<Neighbour>> whole(List<Nearest.Candidate> candidates) {
        return vectors.places(candidates.stream()
                        .map(candidate -> candidate.id().toHexString())
                        .toList())
                .collectMap(Place::id)
                .map(found -> candidates.stream()
                        .flatMap(candidate -> neighbour(found.get(candidate.id().toHexString()), candidate.score()))
                        .toList());
    }

    /** One that was deleted since it was seen is none any more. */
    private static Stream<Neighbour> neighbour(@Nullable Place vector, double score) {
        return Stream.ofNullable(vector).map(found -> new Neighbour(found, score));
    }

    @Override
    public void destroy() {
        threads.dispose();
    }
}
