package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.kit.query.Condition;
import io.sluice.kit.query.Condition.All;
import io.sluice.kit.query.Condition.Operator;
import io.sluice.kit.query.MongoFilter;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.MovableClock;
import io.sluice.kit.testing.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Mono;

/** Totals of a dataset that two replicas change and count; the items are only ids here. */
abstract class TotalsContract {

    private static final Condition FILES = new Condition.Test("type", Operator.EQUAL, "file");
    private static final MongoFilter WORDS = new MongoFilter(ItemFields.MAPPING);
    private static final Duration QUIET = ChangeMarks.LASTS.plusSeconds(1);

    private final String datasetId = new ObjectId().toHexString();
    private final MovableClock clock = new MovableClock();
    private final TreeSet<String> ids = new TreeSet<>();
    private final Replica one;
    private final Replica other;

    TotalsContract(MongoServer.Lease database) {
        one = new Replica(database.template());
        other = new Replica(database.template());
    }

    /** One process; counts what is asked of the database. */
    private final class Replica implements Totals.Counting {

        private final ChangeMarks marks;
        private final Totals totals;
        private final List<Long> counted = new ArrayList<>();

        Replica(ReactiveMongoTemplate mongo) {
            marks = new ChangeMarks(mongo, clock, () -> clock.instant().toEpochMilli() * 1_000_000);
            totals = new Totals(marks);
        }

        @Override
        public Mono<Long> count(Condition condition) {
            return Mono.fromSupplier(() -> {
                long count = ids.stream().filter(id -> passes(id, condition)).count();
                counted.add(count);
                return count;
            });
        }

        @Override
        public @Nullable String worded(Condition condition) {
            return WORDS.of(condition).toBsonDocument().toJson();
        }

        long total(Condition condition) {
            return Outcome.of(totals.of(datasetId, condition, this));
        }

        void add(int number) {
            Outcome.of(marks.around(datasetId, Mono.fromSupplier(() -> ids.add(id(number)))));
        }
    }

    private static boolean passes(String id, Condition condition) {
        if (condition instanceof All all) {
            return all.conditions().stream().allMatch(one -> passes(id, one));
        }
        Condition.Test test = (Condition.Test) condition;
        if (!test.path().equals("id")) {
            return true;
        }
        int order = id.compareTo(String.valueOf(test.operand()));
        return switch (test.operator()) {
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            default -> throw new IllegalArgumentException(test.toString());
        };
    }

    private static String id(int number) {
        return String.format("6b0183990000000000%06x", number);
    }

    private static Condition from(Operator operator, int number) {
        return new All(List.of(new All(List.of(FILES)), new Condition.Test("id", operator, id(number))));
    }

    @Test
    void countsOnceWhileNobodyChangesAnything() {
        one.add(1);
        clock.advance(QUIET);

        assertThat(one.total(FILES)).isEqualTo(1);
        assertThat(one.total(FILES)).isEqualTo(1);
        assertThat(one.counted).hasSize(1);
        assertThat(one.total(new All(List.of()))).isEqualTo(1);
        assertThat(one.counted).hasSize(2);
    }

    @Test
    void countsWhatIsAskedWhileSomebodyChangesSomething() {
        one.add(1);
        assertThat(other.total(FILES)).isEqualTo(1);
        other.add(2);
        assertThat(one.total(FILES)).isEqualTo(2);
        clock.advance(ChangeMarks.HELD.minusSeconds(1));
        one.add(3);

        assertThat(other.total(FILES)).isEqualTo(3);
        assertThat(one.total(FILES)).isEqualTo(3);
    }

    @Test
    void forgetsWhatItCountedWhenAnotherReplicaChangesSomething() {
        one.add(1);
        clock.advance(QUIET);
        assertThat(one.total(FILES)).isEqualTo(1);

        other.add(2);
        assertThat(one.total(FILES)).isEqualTo(2);
        clock.advance(QUIET);

        assertThat(one.total(FILES)).isEqualTo(2);
    }

    @Test
    void believesNoTotalThatWasCountedDuringALongChange() {
        Mono<Boolean> slow = Mono.fromSupplier(() -> {
            clock.advance(QUIET);
            assertThat(other.total(FILES)).isZero();
            return ids.add(id(1));
        });

        Outcome.of(one.marks.around(datasetId, slow));
        clock.advance(QUIET);

        assertThat(other.total(FILES)).isEqualTo(1);
    }

    @Test
    void tellsOfAChangeThatFailed() {
        Mono<Boolean> failing = Mono.error(new IllegalStateException("no answer"));
        clock.advance(QUIET);
        assertThat(other.total(FILES)).isZero();

        assertThatThrownBy(() -> Outcome.of(one.marks.around(datasetId, failing)))
                .hasMessage("no answer");

        ids.add(id(1));
        assertThat(other.total(FILES)).isEqualTo(1);
    }

    @Test
    void countsOnlyWhatLiesBetweenTwoPages() {
        for (int number = 0; number < 100; number++) {
            one.add(number);
        }
        clock.advance(QUIET);

        assertThat(one.total(FILES)).isEqualTo(100);
        for (int page = 1; page <= 9; page++) {
            assertThat(one.total(from(Operator.GREATER, page * 10 - 1))).isEqualTo(100 - page * 10);
        }
        assertThat(one.total(from(Operator.GREATER_OR_EQUAL, 50))).isEqualTo(50);
        assertThat(one.counted.subList(1, one.counted.size())).allMatch(count -> count <= 10);

        assertThat(one.total(from(Operator.LESS, 98))).isEqualTo(98);
        assertThat(one.total(from(Operator.LESS, 96))).isEqualTo(96);
        assertThat(one.counted.subList(1, one.counted.size())).allMatch(count -> count <= 10);
        assertThat(one.total(from(Operator.LESS, 95))).isEqualTo(95);
        assertThat(one.total(from(Operator.LESS_OR_EQUAL, 84))).isEqualTo(85);
        assertThat(one.total(from(Operator.LESS, 0))).isZero();
        assertThat(one.total(from(Operator.GREATER, 99))).isZero();
        assertThat(one.total(from(Operator.GREATER, 33))).isEqualTo(66);
    }

    @Test
    void knowsTheEndsOfAllIds() {
        one.add(1);
        clock.advance(QUIET);

        assertThat(one.total(new Condition.Test("id", Operator.GREATER, "f".repeat(24))))
                .isZero();
        assertThat(one.total(new Condition.Test("id", Operator.LESS_OR_EQUAL, "F".repeat(24))))
                .isEqualTo(1);
        assertThat(one.total(new Condition.Test("id", Operator.GREATER_OR_EQUAL, "0".repeat(24))))
                .isEqualTo(1);
    }
}
