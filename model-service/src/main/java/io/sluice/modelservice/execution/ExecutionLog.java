package io.sluice.modelservice.execution;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import io.sluice.kit.command.Command;
import io.sluice.kit.command.Commands;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.annotation.Id;
import org.springframework.data.domain.Sort;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Why a model said nothing of an item. A step that is done again writes the same lines again. */
@Repository
public class ExecutionLog {

    private static final Logger log = LoggerFactory.getLogger(ExecutionLog.class);

    private static final String EXECUTION_ID = "executionId";

    private final ReactiveMongoTemplate mongo;
    private final Clock clock;

    ExecutionLog(ReactiveMongoTemplate mongo, Clock clock) {
        this.mongo = mongo;
        this.clock = clock;
    }

    /**
     * A line.
     *
     * @param id the execution and the item in one
     * @param expiresAt some time after the execution
     */
    @Document(Line.COLLECTION)
    record Line(
            @Id String id, String executionId, String itemId, String message, Instant timestamp, Instant expiresAt) {

        static final String COLLECTION = "execution_logs";
    }

    /** Says why nothing came of an item. */
    public Mono<Void> failed(Command execution, String itemId, String message) {
        Instant now = clock.instant();
        return mongo.save(new Line(
                        execution.id() + "/" + itemId,
                        execution.id(),
                        itemId,
                        message,
                        now,
                        now.plus(Commands.KEPT.multipliedBy(2))))
                .then();
    }

    /** Of how many items nothing was said. */
    Mono<Long> count(String executionId) {
        return mongo.count(query(where(EXECUTION_ID).is(executionId)), Line.class);
    }

    /** In the order of items. */
    Flux<Line> of(String executionId, int most) {
        return mongo.find(
                query(where(EXECUTION_ID).is(executionId)).with(Sort.by("_id")).limit(most), Line.class);
    }

    /**
     * Forgets what belongs to executions that are forgotten. A real MongoDB does it itself, by the index; the embedded one does
     * not.
     */
    @Scheduled(initialDelay = 20, fixedDelay = 600, timeUnit = TimeUnit.SECONDS)
    Mono<Void> sweep() {
        return mongo.remove(query(where("expiresAt").lte(clock.instant())), Line.class)
                .then()
                .onErrorResume(failure -> {
                    log.warn("Old lines are forgotten next time: {}", failure.toString());
                    return Mono.empty();
                });
    }
}
