package io.sluice.itemservice.item;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.kit.query.Condition;
import io.sluice.kit.query.Condition.All;
import io.sluice.kit.query.Condition.Operator;
import io.sluice.kit.query.Condition.Test;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * How many items match, counted once for all that ask while nothing changes. Of the queries by which a client goes through
 * a dataset, which differ in the id that they go on from, each counts only what lies between it and one before.
 */
@Component
class Totals {

    /** For how long a total is believed at all: a change that a crash cuts short is not told of. */
    private static final Duration BELIEVED = Duration.ofMinutes(5);

    private static final int MOST_QUERIES = 200;
    private static final int MOST_PLACES = 1_000;

    private static final BigInteger BEGIN = BigInteger.ZERO;

    /** Larger than every id. */
    private static final BigInteger END = BigInteger.ONE.shiftLeft(96);

    private final ChangeMarks marks;
    private final Cache<Asked, Known> known = Caffeine.newBuilder()
            .maximumSize(MOST_QUERIES)
            .expireAfterWrite(BELIEVED)
            .build();

    Totals(ChangeMarks marks) {
        this.marks = marks;
    }

    /** What the database knows of conditions on the items of one dataset. */
    interface Counting {

        Mono<Long> count(Condition condition);

        /** The words in which it is asked; no two conditions have the same. Null when they are too long to be kept. */
        @Nullable
        String worded(Condition condition);

        static Counting of(Function<Condition, Mono<Long>> counting, Function<Condition, @Nullable String> wording) {
            return new Counting() {

                @Override
                public Mono<Long> count(Condition condition) {
                    return counting.apply(condition);
                }

                @Override
                public @Nullable String worded(Condition condition) {
                    return wording.apply(condition);
                }
            };
        }
    }

    private record Asked(String datasetId, String revision, String words) {}

    /**
     * What is known of a query.
     *
     * @param all how many match
     * @param before how many of them have a lower id than this
     */
    private record Known(long all, ConcurrentSkipListMap<BigInteger, Long> before) {

        static Known of(long all) {
            ConcurrentSkipListMap<BigInteger, Long> before = new ConcurrentSkipListMap<>();
            before.put(BEGIN, 0L);
            before.put(END, all);
            return new Known(all, before);
        }

        void note(BigInteger id, long count) {
            before.put(id, count);
            if (before.size() > MOST_PLACES) {
                before.remove(Objects.requireNonNull(before.higherKey(BEGIN)));
            }
        }
    }

    Mono<Long> of(String datasetId, Condition condition, Counting counting) {
        return of(datasetId, marks.revision(datasetId), condition, counting);
    }

    /** @param revision as {@link ChangeMarks#revision} has it; read already when it is known */
    Mono<Long> of(String datasetId, Mono<String> revision, Condition condition, Counting counting) {
        Place place = Place.in(condition);
        String words = counting.worded(place.others());
        if (words == null) {
            return counting.count(condition);
        }
        return revision.flatMap(unchanged -> known(new Asked(datasetId, unchanged, words), place.others(), counting))
                .flatMap(found -> beyond(place, found, counting))
                .switchIfEmpty(Mono.defer(() -> counting.count(condition)));
    }

    private Mono<Known> known(Asked asked, Condition condition, Counting counting) {
        return Mono.justOrEmpty(known.getIfPresent(asked))
                .switchIfEmpty(Mono.defer(() -> counting.count(condition))
                        .map(Known::of)
                        .doOnNext(counted -> known.put(asked, counted)));
    }

    private static Mono<Long> beyond(Place place, Known known, Counting counting) {
        BigInteger id = place.id();
        if (id == null) {
            return Mono.just(known.all());
        }
        return before(id, place, known, counting)
                .map(before -> place.isAfter() ? Math.max(0, known.all() - before) : before);
    }

    private static Mono<Long> before(BigInteger id, Place place, Known known, Counting counting) {
        Map.Entry<BigInteger, Long> below =
                Objects.requireNonNull(known.before().floorEntry(id));
        Map.Entry<BigInteger, Long> above =
                Objects.requireNonNull(known.before().ceilingEntry(id));
        if (above.getKey().equals(id)) {
            return Mono.just(above.getValue());
        }
        boolean isBetweenPages =
                !below.getKey().equals(BEGIN) && !above.getKey().equals(END);
        boolean isFromBelow = isBetweenPages
                ? id.subtract(below.getKey()).compareTo(above.getKey().subtract(id)) <= 0
                // Who goes up has come from the beginning, who goes down from the end.
                : place.isAfter();
        Mono<Long> counted = isFromBelow
                ? counting.count(between(place.others(), below.getKey(), id)).map(more -> below.getValue() + more)
                : counting.count(between(place.others(), id, above.getKey())).map(less -> above.getValue() - less);
        return counted.doOnNext(count -> known.note(id, count));
    }

    private static Condition between(Condition others, BigInteger from, BigInteger to) {
        Test begin = new Test(Place.ID, Operator.GREATER_OR_EQUAL, text(from));
        return new All(
                to.equals(END)
                        ? List.of(others, begin)
                        : List.of(others, begin, new Test(Place.ID, Operator.LESS, text(to))));
    }

    private static String text(BigInteger id) {
        return String.format("%024x", id);
    }

    /**
     * A condition, taken apart.
     *
     * @param id the first id that is beyond the place that the client has come to; null when it does not go by ids
     * @param isAfter whether it wants those from there on, or those before it
     * @param others what else it wants
     */
    private record Place(@Nullable BigInteger id, boolean isAfter, Condition others) {

        static final String ID = "id";
        private static final Condition NOTHING_ELSE = new All(List.of());

        static Place in(Condition condition) {
            if (condition instanceof Test test) {
                return in(test);
            }
            if (condition instanceof All all) {
                for (int index = 0; index < all.conditions().size(); index++) {
                    Place inner = in(all.conditions().get(index));
                    if (inner.id() != null) {
                        List<Condition> others = new ArrayList<>(all.conditions());
                        others.remove(index);
                        if (!inner.others().equals(NOTHING_ELSE)) {
                            others.add(index, inner.others());
                        }
                        return new Place(inner.id(), inner.isAfter(), new All(others));
                    }
                }
            }
            return new Place(null, true, condition);
        }

        private static Place in(Test test) {
            if (!test.path().equals(ID) || !(test.operand() instanceof String text) || !ObjectId.isValid(text)) {
                return new Place(null, true, test);
            }
            BigInteger id = new BigInteger(text, 16);
            return switch (test.operator()) {
                case GREATER -> new Place(id.add(BigInteger.ONE), true, NOTHING_ELSE);
                case GREATER_OR_EQUAL -> new Place(id, true, NOTHING_ELSE);
                case LESS -> new Place(id, false, NOTHING_ELSE);
                case LESS_OR_EQUAL -> new Place(id.add(BigInteger.ONE), false, NOTHING_ELSE);
                default -> new Place(null, true, test);
            };
        }
    }
}
