package io.sluice.itemservice.item;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import com.mongodb.client.model.InsertManyOptions;
import io.sluice.itemservice.content.Content;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.bson.Document;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.domain.Sort;
import org.springframework.data.mongodb.core.FindAndModifyOptions;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * The thumbnails that are still to be made. Asked for before the item is stored that they are of: a crash in between costs a
 * look, not a thumbnail. Holds nothing but what waits, so that looking for work costs as little with a million items.
 */
@Repository
class ThumbnailJobs {

    /** Longer than it mostly takes from asking to the item being stored. */
    private static final Duration BEFORE_FIRST = Duration.ofSeconds(1);

    /** Longer than a thumbnail may take; who died meanwhile has it no more. */
    private static final Duration LEASE = Duration.ofMinutes(2);

    /** When those are due that somebody waits for: before all others. */
    private static final Instant FIRST = Instant.EPOCH;

    private static final String ID = "_id";
    private static final String DUE_AT = "dueAt";
    private static final String ATTEMPTS = "attempts";
    private static final Retry AGAIN_ON_DUPLICATE = Retry.max(3).filter(DuplicateKeyException.class::isInstance);

    private final ReactiveMongoTemplate mongo;
    private final Thumbnails thumbnails;
    private final Clock clock;
    private volatile Instant lastAsked = Instant.EPOCH;

    ThumbnailJobs(ReactiveMongoTemplate mongo, Thumbnails thumbnails, Clock clock) {
        this.mongo = mongo;
        this.thumbnails = thumbnails;
        this.clock = clock;
    }

    /** When this replica was last asked for a thumbnail, so most likely last took in a picture. */
    Instant lastAsked() {
        return lastAsked;
    }

    /** Asks for the thumbnail of an item that is about to be stored, if there may be one. Once more is as good as once. */
    Mono<Void> ask(Item item) {
        return askAll(List.of(item));
    }

    Mono<Void> askAll(List<Item> copies) {
        List<Item> pictures = copies.stream().filter(thumbnails::isWanted).toList();
        if (pictures.isEmpty()) {
            return Mono.empty();
        }
        Instant now = clock.instant();
        lastAsked = now;
        return insert(pictures.stream()
                .map(item -> document(item, now, now.plus(BEFORE_FIRST)))
                .toList());
    }

    /** Asks for the thumbnail of an item that somebody wants to see now. */
    Mono<Void> askFirst(Item item) {
        return mongo.updateFirst(
                        query(where(ID).is(item.id()).and(ATTEMPTS).is(0)),
                        Update.update(DUE_AT, FIRST),
                        ThumbnailJob.class)
                .then(Mono.defer(() -> insert(List.of(document(item, clock.instant(), FIRST)))));
    }

    /** Those that are there already stay as they are. */
    private Mono<Void> insert(List<Document> documents) {
        return mongo.execute(
                        ThumbnailJob.class, jobs -> jobs.insertMany(documents, new InsertManyOptions().ordered(false)))
                .onErrorResume(DuplicateKeyException.class, asked -> Flux.empty())
                .then();
    }

    private Document document(Item item, Instant now, Instant due) {
        Document document = new Document();
        mongo.getConverter()
                .write(new ThumbnailJob(item.id(), item.datasetId(), digestOf(item), null, now, due, 0), document);
        return document;
    }

    /** Asks for the thumbnail of a file that is about to get other bytes, and to let go of the one that it has. */
    Mono<Void> askInPlaceOf(Item file, Item revised) {
        Object former = file.metadata().object(Item.SYSTEM).members().get(Thumbnails.ID);
        if (former == null && !thumbnails.isWanted(revised)) {
            return Mono.empty();
        }
        Instant now = clock.instant();
        lastAsked = now;
        Update job = Update.update("datasetId", revised.datasetId())
                .set("sha256", digestOf(revised))
                .set("askedAt", now)
                .set(DUE_AT, now.plus(BEFORE_FIRST))
                .set(ATTEMPTS, 0);
        if (former != null) {
            job.addToSet("former", Objects.toString(former));
        }
        return mongo.upsert(query(where(ID).is(revised.id())), job, ThumbnailJob.class)
                .retryWhen(AGAIN_ON_DUPLICATE)
                .then();
    }

    private static String digestOf(Item item) {
        Content content = Objects.requireNonNull(item.content());
        return content.sha256();
    }

    /** How many wait, about. */
    Mono<Long> count() {
        return mongo.estimatedCount(ThumbnailJob.class);
    }

    /** Nothing is stored under that id after all. */
    Mono<Void> forget(String itemId) {
        return mongo.remove(query(where(ID).is(itemId)), ThumbnailJob.class).then();
    }

    /** Some of those that wait, who waits longest first. */
    Flux<ThumbnailJob> due(int most) {
        return mongo.find(
                query(where(DUE_AT).lte(clock.instant())).with(Sort.by(DUE_AT)).limit(most), ThumbnailJob.class);
    }

    /** Takes one up; empty when somebody else has. */
    Mono<ThumbnailJob> claim(ThumbnailJob waiting) {
        Update taken = Update.update(DUE_AT, clock.instant().plus(LEASE)).inc(ATTEMPTS, 1);
        return mongo.findAndModify(
                query(same(waiting)), taken, FindAndModifyOptions.options().returnNew(true), ThumbnailJob.class);
    }

    /** Puts off one that was taken up, as if it had not been. */
    Mono<Void> later(ThumbnailJob held, Duration pause) {
        Update waiting = Update.update(DUE_AT, clock.instant().plus(pause)).inc(ATTEMPTS, -1);
        return mongo.updateFirst(query(same(held)), waiting, ThumbnailJob.class).then();
    }

    /** Ends one that was taken up, unless it was asked for anew. */
    Mono<Void> end(ThumbnailJob held) {
        return mongo.remove(query(same(held)), ThumbnailJob.class).then();
    }

    private static Criteria same(ThumbnailJob job) {
        return where(ID)
                .is(job.itemId())
                .and(DUE_AT)
                .is(job.dueAt())
                .and("sha256")
                .is(job.sha256());
    }
}
