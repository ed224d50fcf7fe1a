package io.sluice.kit.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.kit.testing.MongoServer;
import io.sluice.kit.testing.Outcome;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Query;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

abstract class AuditOutboxContract {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ReactiveMongoTemplate mongo;
    private final Clock clock = Clock.systemUTC();
    private final Queue<String> delivered = new ConcurrentLinkedQueue<>();
    private final List<AuditOutbox> replicas = new ArrayList<>();

    AuditOutboxContract(MongoServer.Lease database) {
        this.mongo = database.template();
    }

    @BeforeEach
    void empty() {
        Outcome.of(mongo.remove(new Query(), AuditEvent.class));
        Outcome.of(mongo.remove(new Query(), AuditOutbox.Lease.class));
    }

    @AfterEach
    void stop() {
        replicas.forEach(AuditOutbox::stop);
    }

    @Test
    void keepsEventsUntilTheLogHasThem() {
        AtomicInteger attempts = new AtomicInteger();
        AuditOutbox outbox = replica(events -> attempts.incrementAndGet() <= 2
                ? Mono.error(new IllegalStateException("auth-service is away"))
                : taken(events));
        List<String> added = add(outbox, 450);

        outbox.start();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(delivered).containsExactlyInAnyOrderElementsOf(added));
        await().atMost(PATIENCE).until(() -> waiting() == 0);
    }

    @Test
    void sendsWhatIsAddedWhileItRuns() {
        AuditOutbox outbox = replica(this::taken);
        outbox.start();

        List<String> added = add(outbox, 3);

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(delivered).containsExactlyInAnyOrderElementsOf(added));
    }

    @Test
    void isSweptByOneReplicaAtATime() {
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AuditDelivery slow = events -> Mono.defer(() -> {
            most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            return Mono.delay(Duration.ofMillis(20)).then(taken(events)).doFinally(signal -> atOnce.decrementAndGet());
        });
        AuditOutbox first = replica(slow);
        AuditOutbox second = replica(slow);
        first.start();
        second.start();

        List<String> added = new ArrayList<>(add(first, 100));
        added.addAll(add(second, 100));

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(delivered).containsExactlyInAnyOrderElementsOf(added));
        assertThat(most).hasValue(1);
    }

    @Test
    void goesOnWithWhatADeadReplicaHasLeft() {
        Outcome.of(mongo.insert(
                new AuditOutbox.Lease("audit-outbox", clock.instant().plusSeconds(2))));
        AuditOutbox outbox = replica(this::taken);
        List<String> added = add(outbox, 1);

        outbox.start();

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(delivered).containsExactlyElementsOf(added));
    }

    private AuditOutbox replica(AuditDelivery delivery) {
        AuditOutbox outbox = new AuditOutbox(mongo, delivery, clock);
        replicas.add(outbox);
        return outbox;
    }

    private Mono<Void> taken(List<AuditEvent> events) {
        return Mono.fromRunnable(() -> events.forEach(event -> delivered.add(event.id())));
    }

    private List<String> add(AuditOutbox outbox, int count) {
        List<AuditEvent> events =
                IntStream.range(0, count).mapToObj(n -> event()).toList();
        Outcome.of(Flux.fromIterable(events).concatMap(outbox::add).then(Mono.just(true)));
        return events.stream().map(AuditEvent::id).toList();
    }

    private long waiting() {
        return Outcome.of(mongo.count(new Query(), AuditEvent.class));
    }

    private AuditEvent event() {
        return new AuditEvent(
                ObjectId.get().toHexString(),
                clock.instant(),
                "dataset-service",
                "ann@example.org",
                "DELETE /api/v1/projects/{projectId}",
                "deleted",
                "project",
                ObjectId.get().toHexString(),
                null,
                null,
                null,
                204,
                "192.0.2.7",
                "request-1",
                List.of());
    }
}
