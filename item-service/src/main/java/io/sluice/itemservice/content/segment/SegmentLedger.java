package io.sluice.itemservice.content.segment;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import org.springframework.data.mongodb.core.FindAndModifyOptions;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Update;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Which segments there are, and who has to do with each: what replicas tell each other. */
final class SegmentLedger {

    private static final String ID = "_id";
    private static final String STATE = "state";
    private static final String OWNER = "owner";
    private static final String SEEN_AT = "seenAt";
    private static final String SIZE = "size";
    private static final String DEAD = "dead";

    private final ReactiveMongoTemplate mongo;

    SegmentLedger(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    /** Said before the file exists: what is in the folder is known. */
    Mono<Void> open(String id, String owner, Instant now) {
        return mongo.insert(new SegmentNote(id, SegmentNote.State.OPEN, owner, now, 0, 0))
                .then();
    }

    Mono<Void> renew(Collection<String> ids, String owner, Instant now) {
        return mongo.updateMulti(
                        query(where(ID).in(ids).and(OWNER).is(owner)), Update.update(SEEN_AT, now), SegmentNote.class)
                .then();
    }

    /** Whether nobody has taken it over. */
    Mono<Boolean> isOpen(String id, String owner) {
        return mongo.exists(
                query(where(ID).is(id).and(OWNER).is(owner).and(STATE).is(SegmentNote.State.OPEN)), SegmentNote.class);
    }

    /** Nothing that is in it can have become nobody's without somebody knowing. */
    Mono<Void> settle(String id, String owner, long size) {
        return mongo.updateFirst(
                        query(where(ID).is(id).and(OWNER).is(owner)),
                        Update.update(STATE, SegmentNote.State.SETTLED).set(SIZE, size),
                        SegmentNote.class)
                .then();
    }

    Mono<Void> addDead(String id, long bytes) {
        return bytes == 0
                ? Mono.empty()
                : mongo.updateFirst(query(where(ID).is(id)), new Update().inc(DEAD, bytes), SegmentNote.class)
                        .then();
    }

    Flux<SegmentNote> in(SegmentNote.State state) {
        return mongo.find(query(where(STATE).is(state)), SegmentNote.class);
    }

    Flux<SegmentNote> all() {
        return mongo.findAll(SegmentNote.class);
    }

    /** Those that somebody seems to have left behind. */
    Flux<SegmentNote> leftBefore(Instant then) {
        return mongo.find(
                query(where(STATE).is(SegmentNote.State.OPEN).and(SEEN_AT).lt(then)), SegmentNote.class);
    }

    /** Takes one over as it was found; empty when somebody else has. */
    Mono<SegmentNote> take(SegmentNote found, String owner, Instant now) {
        return mongo.findAndModify(
                query(as(found)),
                Update.update(OWNER, owner).set(SEEN_AT, now),
                FindAndModifyOptions.options().returnNew(true),
                SegmentNote.class);
    }

    /** Takes one that somebody may be at work on, unless he has said so within the lease. */
    Mono<SegmentNote> takeFree(SegmentNote found, String owner, Instant now, Duration lease) {
        return found.seenAt().plus(lease).isAfter(now) && !found.owner().equals(owner)
                ? Mono.empty()
                : take(found, owner, now);
    }

    Mono<Void> change(SegmentNote held, SegmentNote.State state, Instant now) {
        return mongo.updateFirst(
                        query(where(ID).is(held.id()).and(OWNER).is(held.owner())),
                        Update.update(STATE, state).set(SEEN_AT, now),
                        SegmentNote.class)
                .then();
    }

    /** What was counted, for what was reckoned. */
    Mono<Void> recount(String id, long size, long dead) {
        return mongo.updateFirst(
                        query(where(ID).is(id)), Update.update(SIZE, size).set(DEAD, dead), SegmentNote.class)
                .then();
    }

    /** Notes a segment that is there, whatever was known of it. */
    Mono<Void> put(SegmentNote note) {
        return mongo.save(note).then();
    }

    Mono<Void> remove(String id) {
        return mongo.remove(query(where(ID).is(id)), SegmentNote.class).then();
    }

    private static Criteria as(SegmentNote found) {
        return where(ID)
                .is(found.id())
                .and(OWNER)
                .is(found.owner())
                .and(STATE)
                .is(found.state())
                .and(SEEN_AT)
                .is(found.seenAt());
    }

    /** How many there are, about. */
    Mono<Long> count() {
        return mongo.estimatedCount(SegmentNote.class);
    }
}
