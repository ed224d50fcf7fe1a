package io.sluice.itemservice.item;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.itemservice.annotation.ItemsByAnnotation;
import io.sluice.itemservice.content.Content;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.query.Condition;
import io.sluice.kit.query.Condition.All;
import io.sluice.kit.query.Condition.Operator;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryLimits;
import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.MovableClock;
import io.sluice.kit.testing.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Update;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a dataset holds, while two replicas change it and count. */
abstract class DatasetCountsContract {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SETTLED =
            ChangeMarks.LASTS.plus(ChangeMarks.SETTLES).plusSeconds(1);
    private static final int MOST_IN_RANGE = 32;
    private static final String SHA256 = "ab".repeat(32);

    private final String datasetId = new ObjectId().toHexString();
    private final MovableClock clock = new MovableClock();
    private final ReactiveMongoTemplate mongo;
    private final Replica one;
    private final Replica other;
    private int cells;

    DatasetCountsContract(MongoServer.Lease database) {
        mongo = database.template();
        one = new Replica();
        other = new Replica();
    }

    /** One process. */
    private final class Replica {

        private final ChangeMarks marks =
                new ChangeMarks(mongo, clock, () -> clock.instant().toEpochMilli() * 1_000_000);
        private final DatasetCounts counts = new DatasetCounts(mongo, marks, limits(), clock, MOST_IN_RANGE);
        private final Items items = new Items(
                mongo,
                limits(),
                marks,
                new DottedKeys(mongo),
                counts,
                new Totals(marks),
                new PagePlaces(),
                new ItemsByAnnotation(mongo, limits()));

        Item add(String path) {
            return Outcome.of(items.insert(file(path, 1)));
        }

        /** Items of which no two are in the same cell. */
        void addMany(String directory, int number) {
            items.insertAll(IntStream.range(0, number)
                            .mapToObj(index -> file("/x", 1)
                                    .copiedTo(
                                            nextId(),
                                            datasetId,
                                            new ItemPath(directory + "/" + index),
                                            JsonObject.EMPTY,
                                            "me",
                                            clock.instant()))
                            .toList())
                    .block(PATIENCE);
        }

        FileCount count() {
            return Outcome.of(counts.of(datasetId));
        }

        long total(Condition condition) {
            Query asked = new Query(
                    condition, "items", 0, 0, List.of(), List.of(), List.of(), false, null, null, null, false);
            return Objects.requireNonNull(
                    Outcome.of(items.page(datasetId, asked)).totalItemsCount());
        }
    }

    private static QueryLimits limits() {
        return new QueryLimits(20, 1_000, 10_000, 100_000, 4_096, 100, Duration.ofSeconds(30));
    }

    private String nextId() {
        cells++;
        return String.format("6a0000%s%09x000", datasetId.substring(18), cells);
    }

    private Item file(String path, long size) {
        return Item.file(datasetId, new ItemPath(path), new Content(SHA256, size), JsonObject.EMPTY, null, "me", clock);
    }

    private static org.springframework.data.mongodb.core.query.Query byId(String id) {
        return org.springframework.data.mongodb.core.query.Query.query(
                Criteria.where("_id").is(id));
    }

    private List<String> ranges() {
        CountedDataset stored = mongo.findById(datasetId, CountedDataset.class).block(PATIENCE);
        return stored == null
                ? List.of()
                : stored.ranges().stream().map(CountedDataset.Range::from).toList();
    }

    private long marks() {
        return Objects.requireNonNull(one.marks.cells(datasetId).count().block(PATIENCE));
    }

    private void settle() {
        clock.advance(SETTLED);
        other.counts.settleAll().block(PATIENCE);
    }

    @Test
    void tellsOfFilesRightAfterTheyComeGoHideGrowAndAreAnnotated() {
        Item small = one.add("/small");
        Item large = Outcome.of(other.items.insert(file("/large", 1_000)));
        Outcome.of(one.items.insert(Item.directory(datasetId, new ItemPath("/d"), "me", clock)));
        assertThat(other.count()).isEqualTo(new FileCount(2, 0, 0, 0, 1_001));

        Outcome.of(other.items.save(small.movedTo(new ItemPath("/.dataloop/small"))));
        assertThat(one.count()).isEqualTo(new FileCount(1, 1, 0, 0, 1_001));

        Outcome.of(one.items.save(large.overwrittenBy(file("/large", 2_000))));
        assertThat(other.count()).isEqualTo(new FileCount(1, 1, 0, 0, 2_001));

        Outcome.of(one.marks.around(
                datasetId,
                large.id(),
                mongo.updateFirst(
                        byId(large.id()), new Update().set("annotated", true).inc("annotationsCount", 3), Item.class)));
        assertThat(other.count()).isEqualTo(new FileCount(1, 1, 1, 3, 2_001));

        one.items.delete(List.of(large.id())).block(PATIENCE);
        assertThat(other.count()).isEqualTo(new FileCount(0, 1, 0, 0, 1));
    }

    @Test
    void countsNothingAgainThatHasNotChanged() {
        one.addMany("/a", MOST_IN_RANGE);
        one.addMany("/b", 2);
        settle();
        assertThat(ranges()).hasSize(3);
        assertThat(marks()).isZero();
        String first = firstId();
        forge(first);

        // What is not counted again is believed.
        assertThat(one.count().visible()).isEqualTo(MOST_IN_RANGE + 2 + 1_000);
        other.add("/c");
        assertThat(one.count().visible()).isEqualTo(MOST_IN_RANGE + 3 + 1_000);

        other.items.delete(List.of(first)).block(PATIENCE);
        assertThat(one.count().visible()).isEqualTo(MOST_IN_RANGE + 2);
    }

    private String firstId() {
        return Objects.requireNonNull(
                one.items.entries(datasetId).map(Items.Entry::id).blockFirst());
    }

    /** Adds 1,000 to what is known of the first range. */
    private void forge(String id) {
        mongo.updateFirst(byId(datasetId), new Update().inc("ranges.0.count.visible", 1_000), CountedDataset.class)
                .block(PATIENCE);
        assertThat(ranges().get(1)).isGreaterThan(id);
    }

    @Test
    void putsRightInTimeWhateverIsWrong() {
        one.addMany("/a", MOST_IN_RANGE + 1);
        settle();
        forge(firstId());

        for (int round = 0; round < ranges().size(); round++) {
            clock.advance(Duration.ofSeconds(1));
            one.counts.settle(datasetId).block(PATIENCE);
        }

        assertThat(one.count().visible()).isEqualTo(MOST_IN_RANGE + 1);
    }

    @Test
    void countsFromTheBeginningWhenItIsTold() {
        one.addMany("/a", MOST_IN_RANGE + 1);
        settle();
        forge(firstId());

        other.counts.reset(datasetId).block(PATIENCE);

        assertThat(one.count().visible()).isEqualTo(MOST_IN_RANGE + 1);
    }

    /** A crash between what is said and what is done. */
    @Test
    void isRightWhenWhatWasToldOfNeverHappens() {
        one.addMany("/a", 3);
        one.marks.around(datasetId, new ObjectId().toHexString(), Mono.empty()).block(PATIENCE);

        assertThat(other.count().visible()).isEqualTo(3);
        settle();
        assertThat(marks()).isZero();
        assertThat(other.count().visible()).isEqualTo(3);
    }

    /** A slow change, of which everything that was said before has settled long ago. */
    @Test
    void countsWhatCameAfterItsMarkHadSettled() {
        one.addMany("/a", MOST_IN_RANGE + 1);
        settle();
        Item late = file("/late", 1);

        Outcome.of(one.marks.around(
                datasetId, late.id(), Mono.fromRunnable(this::settle).then(mongo.insert(late))));

        assertThat(other.count().visible()).isEqualTo(MOST_IN_RANGE + 2);
        settle();
        assertThat(other.count().visible()).isEqualTo(MOST_IN_RANGE + 2);
    }

    @Test
    void makesOneRangeOfSmallNeighbours() {
        one.addMany("/a", MOST_IN_RANGE + 1);
        settle();
        List<String> ids =
                one.items.entries(datasetId).map(Items.Entry::id).collectList().block(PATIENCE);

        one.items.delete(Objects.requireNonNull(ids).subList(10, ids.size())).block(PATIENCE);
        settle();

        assertThat(ranges()).hasSize(1);
        assertThat(one.count().visible()).isEqualTo(10);
    }

    @Test
    void answersTheDefaultQueryAndItsPartsByThese() {
        one.addMany("/a", MOST_IN_RANGE + 1);
        one.add("/.dataloop/hidden");
        settle();
        String last = one.add("/z").id();
        Condition files = new Condition.Test("type", Operator.EQUAL, "file");
        Condition visible = new All(List.of(new Condition.Test("hidden", Operator.EQUAL, false), files));

        assertThat(one.total(files)).isEqualTo(MOST_IN_RANGE + 3);
        assertThat(one.total(visible)).isEqualTo(MOST_IN_RANGE + 2);
        assertThat(one.total(new All(List.of(visible, new Condition.Test("id", Operator.GREATER_OR_EQUAL, last)))))
                .isEqualTo(1);
        assertThat(one.total(new All(List.of(
                        visible,
                        new Condition.Test("id", Operator.GREATER, firstId()),
                        new Condition.Test("id", Operator.LESS, last)))))
                .isEqualTo(MOST_IN_RANGE);
    }

    @Test
    void agreesWithTheItemsAfterManyHaveChangedThemAtOnce() throws Exception {
        one.addMany("/a", MOST_IN_RANGE + 1);
        ExecutorService people = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> deeds = new ArrayList<>();
            for (int number = 0; number < 4; number++) {
                Replica replica = number % 2 == 0 ? one : other;
                String directory = "/person" + number;
                deeds.add(people.submit(() -> change(replica, directory)));
            }
            for (int round = 0; round < 10; round++) {
                settle();
            }
            for (Future<?> deed : deeds) {
                deed.get(60, TimeUnit.SECONDS);
            }
        } finally {
            people.shutdownNow();
        }

        assertThat(one.count().visible()).isEqualTo(MOST_IN_RANGE + 1 + 4 * 15);
        settle();
        assertThat(other.count().visible()).isEqualTo(MOST_IN_RANGE + 1 + 4 * 15);
        other.counts.forget(datasetId).block(PATIENCE);
        assertThat(other.count().visible()).isEqualTo(MOST_IN_RANGE + 1 + 4 * 15);
    }

    private static void change(Replica replica, String directory) {
        for (int number = 0; number < 20; number++) {
            Item item = replica.add(directory + "/" + number);
            if (number % 4 == 0) {
                replica.items.delete(List.of(item.id())).block(PATIENCE);
            }
        }
    }

    @Test
    void leavesNothingBehindOfADatasetThatIsGone() {
        one.addMany("/a", MOST_IN_RANGE + 1);
        settle();
        one.add("/b");

        one.counts.forget(datasetId).block(PATIENCE);

        assertThat(ranges()).isEmpty();
        assertThat(marks()).isZero();
        assertThat(Flux.from(one.marks.settled()).collectList().block(PATIENCE)).doesNotContain(datasetId);
    }
}
