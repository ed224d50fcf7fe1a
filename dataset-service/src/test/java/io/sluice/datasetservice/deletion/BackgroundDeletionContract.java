package io.sluice.datasetservice.deletion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.is;

import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.MovableClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.data.annotation.Id;
import org.springframework.data.annotation.Version;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.query.Query;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BackgroundDeletionContract {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LEASE = Duration.ofMillis(300);
    private static final Duration NEVER = Duration.ofDays(1);
    private static final Duration OFTEN = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final ReactiveMongoTemplate mongo;
    private final MovableClock clock = new MovableClock();
    private final List<Things> workers = new ArrayList<>();

    BackgroundDeletionContract(MongoServer.Lease lease) {
        this.mongo = lease.template();
    }

    @Document("things")
    record Thing(
            @Id String id,
            @Version long version,
            @Nullable String uniqueName,
            @Nullable Deletion deletion) {}

    private static final class Things extends BackgroundDeletion<Thing> {

        private final Function<String, Mono<Boolean>> contents;

        Things(ReactiveMongoTemplate mongo, Clock clock, Duration poll, Function<String, Mono<Boolean>> contents) {
            super(Thing.class, mongo, clock, new DeletionProperties(poll, LEASE, LONGEST_PAUSE));
            this.contents = contents;
        }

        @Override
        protected String idOf(Thing thing) {
            return thing.id();
        }

        @Override
        protected Deletion deletionOf(Thing thing) {
            return Objects.requireNonNull(thing.deletion());
        }

        @Override
        protected Mono<Boolean> removeContents(Thing thing) {
            return contents.apply(thing.id());
        }
    }

    @AfterEach
    void stopWorkers() {
        workers.forEach(Things::stop);
        mongo.remove(new Query(), Thing.class).block(PATIENCE);
    }

    @Test
    void startsAtOnceWithWhatIsAskedFor() {
        Thing thing = thing();
        Things worker = worker(NEVER, id -> Mono.just(true));

        begin(worker, thing);

        await().atMost(PATIENCE).until(() -> isGone(thing));
    }

    @Test
    void freesTheNameBeforeTheContentsAreGone() {
        Thing thing = thing();
        Things worker = worker(NEVER, id -> Mono.never());

        begin(worker, thing);

        assertThat(stored(thing).uniqueName()).isNull();
        assertThat(stored(thing).deletion()).isNotNull();
        assertThat(stored(thing).version()).isGreaterThan(thing.version());
    }

    @Test
    void leavesAloneWhatHasChangedSinceItWasRead() {
        Thing thing = thing();
        Things worker = worker(OFTEN, id -> Mono.just(true));

        StepVerifier.create(worker.begin(thing.id(), thing.version() + 1))
                .expectError(OptimisticLockingFailureException.class)
                .verify(PATIENCE);

        assertThat(stored(thing)).isEqualTo(thing);
    }

    @Test
    void findsWhatAnEarlierRunHasLeft() {
        Thing thing = thing();
        begin(new Things(mongo, clock, NEVER, id -> Mono.never()), thing);

        worker(NEVER, id -> Mono.just(true));

        await().atMost(PATIENCE).until(() -> isGone(thing));
    }

    @Test
    void goesOnWhereADeadWorkerHasStopped() {
        Thing thing = thing();
        AtomicInteger tries = new AtomicInteger();
        Things dying = worker(OFTEN, id -> {
            tries.incrementAndGet();
            return Mono.never();
        });
        begin(dying, thing);
        await().atMost(PATIENCE).untilAtomic(tries, is(1));
        dying.stop();
        worker(OFTEN, id -> Mono.just(true));

        clock.advance(LEASE.plus(LEASE));

        await().atMost(PATIENCE).until(() -> isGone(thing));
    }

    @Test
    void keepsWhatItWorksOnForAsLongAsThatTakes() {
        Thing thing = thing();
        Sinks.One<Boolean> longWork = Sinks.one();
        AtomicInteger intruders = new AtomicInteger();
        begin(worker(NEVER, id -> longWork.asMono()), thing);
        await().atMost(PATIENCE).until(() -> dueAt(thing).equals(clock.instant().plus(LEASE)));
        worker(OFTEN, id -> {
            intruders.incrementAndGet();
            return Mono.just(true);
        });

        for (int step = 0; step < 5; step++) {
            clock.advance(LEASE.minusMillis(1));
            Instant held = clock.instant().plus(LEASE);
            await().atMost(PATIENCE).until(() -> dueAt(thing).equals(held));
        }

        assertThat(intruders).hasValue(0);
        longWork.tryEmitValue(true);
        await().atMost(PATIENCE).until(() -> isGone(thing));
    }

    @Test
    void triesAgainWithLongerAndLongerPauses() {
        Thing thing = thing();
        AtomicInteger tries = new AtomicInteger();
        Things worker = worker(OFTEN, id -> {
            if (tries.incrementAndGet() <= 7) {
                return Mono.error(new IllegalStateException("Nobody there"));
            }
            return Mono.just(true);
        });
        begin(worker, thing);

        for (int pause : List.of(1, 2, 4, 8, 16, 30, 30)) {
            Instant next = clock.instant().plusSeconds(pause);
            await().atMost(PATIENCE).until(() -> dueAt(thing).equals(next));
            clock.advance(Duration.ofSeconds(pause));
        }

        await().atMost(PATIENCE).until(() -> isGone(thing));
        assertThat(tries).hasValue(8);
    }

    @Test
    void waitsUntilTheContentsAreGone() {
        Thing thing = thing();
        AtomicInteger tries = new AtomicInteger();
        Things worker = worker(OFTEN, id -> Mono.just(tries.incrementAndGet() > 1));
        begin(worker, thing);
        Instant next = clock.instant().plusSeconds(1);
        await().atMost(PATIENCE).until(() -> dueAt(thing).equals(next));

        clock.advance(Duration.ofSeconds(1));

        await().atMost(PATIENCE).until(() -> isGone(thing));
        assertThat(tries).hasValue(2);
    }

    @Test
    void sharesTheWorkSoThatEachThingIsDoneOnce() {
        Map<String, Integer> done = new ConcurrentHashMap<>();
        List<Things> replicas = IntStream.range(0, 3)
                .mapToObj(number -> worker(OFTEN, id -> {
                    done.merge(id, 1, Integer::sum);
                    return Mono.just(true);
                }))
                .toList();
        List<Thing> things = IntStream.range(0, 30).mapToObj(number -> thing()).toList();

        things.forEach(thing -> begin(replicas.get(0), thing));

        await().atMost(PATIENCE).until(() -> things.stream().allMatch(this::isGone));
        assertThat(done).hasSize(30).allSatisfy((id, times) -> assertThat(times).isEqualTo(1));
    }

    private Things worker(Duration poll, Function<String, Mono<Boolean>> contents) {
        Things worker = new Things(mongo, clock, poll, contents);
        workers.add(worker);
        worker.start();
        return worker;
    }

    private static void begin(Things worker, Thing thing) {
        worker.begin(thing.id(), thing.version()).block(PATIENCE);
    }

    private Thing thing() {
        String id = ObjectId.get().toHexString();
        return Objects.requireNonNull(
                mongo.insert(new Thing(id, 0, "name " + id, null)).block(PATIENCE));
    }

    private Thing stored(Thing thing) {
        return Objects.requireNonNull(mongo.findById(thing.id(), Thing.class).block(PATIENCE));
    }

    private Instant dueAt(Thing thing) {
        return Objects.requireNonNull(stored(thing).deletion()).dueAt();
    }

    private boolean isGone(Thing thing) {
        return mongo.findById(thing.id(), Thing.class).block(PATIENCE) == null;
    }
}
