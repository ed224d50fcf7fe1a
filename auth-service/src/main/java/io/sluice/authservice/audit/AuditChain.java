package io.sluice.authservice.audit;

import io.sluice.kit.audit.AuditDelivery;
import io.sluice.kit.audit.AuditEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.annotation.Id;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.mapping.Document;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Query;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Appends to the log. An entry's sequence is its key, so of two replicas that append at the same moment one inserts it and
 * the other goes on after it.
 */
@Component
class AuditChain implements AuditDelivery {

    private static final Head EMPTY = new Head("head", 0, AuditRecord.BEGINNING);
    private static final Retry WHILE_OTHERS_APPEND = Retry.backoff(100, Duration.ofMillis(2))
            .maxBackoff(Duration.ofMillis(50))
            .filter(DuplicateKeyException.class::isInstance)
            .onRetryExhaustedThrow((spec, last) -> last.failure());

    private final ReactiveMongoTemplate mongo;
    private volatile Head seen = EMPTY;

    AuditChain(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    /** How far the log reaches at least: where to go on from, and what shows that entries at its end are missing. */
    @Document("audit_head")
    record Head(@Id String id, long sequence, String hash) {

        static Head at(AuditRecord last) {
            return new Head(EMPTY.id(), last.sequence(), last.hash());
        }
    }

    @Override
    public Mono<Void> deliver(List<AuditEvent> events) {
        return Mono.defer(() -> unknown(events))
                .flatMap(unknown -> unknown.isEmpty() ? Mono.empty() : append(unknown))
                .retryWhen(WHILE_OTHERS_APPEND);
    }

    /** Those that are not in the log yet. */
    private Mono<List<AuditEvent>> unknown(List<AuditEvent> events) {
        List<String> ids = events.stream().map(AuditEvent::id).toList();
        Query entered = Query.query(Criteria.where("eventId").in(ids));
        entered.fields().include("eventId");
        return mongo.find(entered, org.bson.Document.class, mongo.getCollectionName(AuditRecord.class))
                .map(entry -> String.valueOf(entry.get("eventId")))
                .collectList()
                .map(found -> {
                    Set<String> known = new HashSet<>(found);
                    return events.stream()
                            .filter(event -> known.add(event.id()))
                            .toList();
                });
    }

    private Mono<Void> append(List<AuditEvent> events) {
        return end().map(end -> chained(end, events))
                .flatMap(records -> mongo.insertAll(records).then(Mono.defer(() -> moveHead(records))));
    }

    private static List<AuditRecord> chained(Head end, List<AuditEvent> events) {
        List<AuditRecord> records = new ArrayList<>();
        Head last = end;
        for (AuditEvent event : events) {
            AuditRecord record = AuditRecord.after(last.sequence(), last.hash(), event);
            records.add(record);
            last = Head.at(record);
        }
        return records;
    }

    /** The last entry: as far as anybody has said, and what has been appended after that. */
    private Mono<Head> end() {
        return stored().map(this::further).flatMap(this::walk).doOnNext(this::further);
    }

    Mono<Head> stored() {
        return mongo.findById(EMPTY.id(), Head.class).defaultIfEmpty(EMPTY);
    }

    /** How far this replica has seen the log reach. */
    Head seen() {
        return seen;
    }

    private synchronized Head further(Head head) {
        if (head.sequence() > seen.sequence()) {
            seen = head;
        }
        return seen;
    }

    private Mono<Head> walk(Head from) {
        return mongo.findById(from.sequence() + 1, AuditRecord.class)
                .flatMap(next -> walk(Head.at(next)))
                .defaultIfEmpty(from);
    }

    private Mono<Void> moveHead(List<AuditRecord> records) {
        Head head = Head.at(records.get(records.size() - 1));
        further(head);
        Query behind =
                Query.query(Criteria.where("_id").is(head.id()).and("sequence").lt(head.sequence()));
        Update move = Update.update("sequence", head.sequence()).set("hash", head.hash());
        return mongo.upsert(behind, move, Head.class)
                .then()
                // Another replica has moved it further.
                .onErrorResume(DuplicateKeyException.class, further -> Mono.empty());
    }
}
