package io.sluice.itemservice.content.s3;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Which object has which bytes, and which bytes nobody names: a document for each digest in {@code blob_objects}. Documents in
 * {@code blob_objects_in_trash} are but hints where to look, written before; what is in the trash, the index says. Documents in
 * {@code blob_objects_dead} name objects that are to be deleted, written before the index forgets them.
 */
final class ObjectIndex {

    static final String COLLECTION = "blob_objects";
    static final String TRASH = "blob_objects_in_trash";
    static final String DEAD = "blob_objects_dead";

    private static final String ID = "_id";
    private static final String KEY = "key";
    private static final String SIZE = "size";
    private static final String SHA256 = "sha256";
    private static final String TRASHED_AT = "trashedAt";
    private static final String DEAD_SINCE = "deadSince";
    private static final int DUPLICATE_KEY = 11000;

    /** A look at every document of the collection, which nobody waits for. */
    private static final long FULL_LOOK_MINUTES = 120;

    private final ReactiveMongoTemplate mongo;

    ObjectIndex(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    /**
     * What is known of some bytes.
     *
     * @param key of the object that has them
     * @param size how many there are
     * @param trashedAt since when nobody names them; null when somebody does
     */
    record Entry(
            String sha256, String key, long size, @Nullable Instant trashedAt) {

        static Entry of(Document document) {
            Date trashedAt = document.getDate(TRASHED_AT);
            return new Entry(
                    document.getString(ID),
                    document.getString(KEY),
                    document.get(SIZE, Number.class).longValue(),
                    trashedAt == null ? null : trashedAt.toInstant());
        }

        Document document() {
            return new Document(ID, sha256).append(KEY, key).append(SIZE, size);
        }
    }

    /** An object that is to be deleted. */
    record Dead(String key, String sha256) {}

    Mono<Entry> find(String sha256) {
        return many(COLLECTION, entries -> entries.find(Filters.eq(ID, sha256)).limit(1))
                .next()
                .map(Entry::of);
    }

    Mono<Map<String, Entry>> find(Collection<String> digests) {
        return digests.isEmpty()
                ? Mono.just(Map.of())
                : many(COLLECTION, entries -> entries.find(Filters.in(ID, digests)))
                        .map(Entry::of)
                        .collectMap(Entry::sha256);
    }

    /** Everything, in no order. */
    Flux<Entry> all() {
        return many(COLLECTION, entries -> entries.find().maxTime(FULL_LOOK_MINUTES, TimeUnit.MINUTES))
                .map(Entry::of);
    }

    /**
     * Adds entries.
     *
     * @return the digests of those that there was an entry of before; that one stays
     */
    Mono<Set<String>> insert(List<Entry> entries) {
        if (entries.isEmpty()) {
            return Mono.just(Set.of());
        }
        List<Document> documents = entries.stream().map(Entry::document).toList();
        return one(
                COLLECTION,
                all -> Mono.from(all.insertMany(documents, new InsertManyOptions().ordered(false)))
                        .map(done -> Set.<String>of())
                        .onErrorResume(MongoBulkWriteException.class, failure -> taken(entries, failure)));
    }

    private static Mono<Set<String>> taken(List<Entry> entries, MongoBulkWriteException failure) {
        List<BulkWriteError> errors = failure.getWriteErrors();
        boolean areAllDuplicates = failure.getWriteConcernError() == null
                && errors.stream().allMatch(error -> error.getCode() == DUPLICATE_KEY);
        return areAllDuplicates
                ? Mono.just(errors.stream()
                        .map(error -> entries.get(error.getIndex()).sha256())
                        .collect(Collectors.toUnmodifiableSet()))
                : Mono.error(failure);
    }

    /** Takes entries out again that were made in vain. */
    Mono<Void> remove(Collection<Entry> entries) {
        return Flux.fromIterable(entries)
                .concatMap(entry -> one(COLLECTION, all -> all.deleteOne(isAt(entry))))
                .then();
    }

    /** Takes bytes out of the trash, if they are there. False when there is no entry at all. */
    Mono<Boolean> restore(String sha256) {
        return one(COLLECTION, all -> all.updateOne(Filters.eq(ID, sha256), Updates.unset(TRASHED_AT)))
                .map(done -> done.getMatchedCount() > 0);
    }

    /** Puts bytes into the trash. The hint comes first: what has none would stay there for ever. */
    Mono<Void> discard(String sha256, Instant now) {
        Bson isNamed = Filters.and(Filters.eq(ID, sha256), Filters.exists(TRASHED_AT, false));
        return find(sha256)
                .delayUntil(entry -> one(
                        TRASH,
                        hints -> hints.replaceOne(
                                Filters.eq(ID, sha256),
                                new Document(ID, sha256).append(TRASHED_AT, Date.from(now)),
                                new ReplaceOptions().upsert(true))))
                .flatMap(entry ->
                        one(COLLECTION, all -> all.updateOne(isNamed, Updates.set(TRASHED_AT, Date.from(now)))))
                .then();
    }

    /** Removes the entry of bytes as it was found in the trash. False when somebody has changed it since. */
    Mono<Boolean> purge(Entry trashed) {
        Bson isStillInTrash = Filters.and(isAt(trashed), Filters.eq(TRASHED_AT, dateOf(trashed)));
        return one(COLLECTION, all -> all.deleteOne(isStillInTrash)).map(done -> done.getDeletedCount() > 0);
    }

    private static @Nullable Date dateOf(Entry trashed) {
        Instant since = trashed.trashedAt();
        return since == null ? null : Date.from(since);
    }

    Mono<Void> forgetTrash(String sha256) {
        return one(TRASH, hints -> hints.deleteOne(Filters.eq(ID, sha256))).then();
    }

    /** Digests that came into the trash before then; perhaps they are there no more. */
    Flux<String> inTrashBefore(Instant then) {
        return many(TRASH, hints -> hints.find(Filters.lt(TRASHED_AT, Date.from(then))))
                .map(hint -> hint.getString(ID));
    }

    /** Says that an object is about to be deleted. */
    Mono<Void> addDead(Entry entry, Instant now) {
        Document note =
                new Document(ID, entry.key()).append(SHA256, entry.sha256()).append(DEAD_SINCE, Date.from(now));
        return one(
                        DEAD,
                        notes -> notes.replaceOne(Filters.eq(ID, entry.key()), note, new ReplaceOptions().upsert(true)))
                .then();
    }

    /** Objects that should have been deleted before then. */
    Flux<Dead> deadBefore(Instant then) {
        return many(DEAD, notes -> notes.find(Filters.lt(DEAD_SINCE, Date.from(then))))
                .map(note -> new Dead(note.getString(ID), note.getString(SHA256)));
    }

    Mono<Void> forgetDead(String key) {
        return one(DEAD, notes -> notes.deleteOne(Filters.eq(ID, key))).then();
    }

    private static Bson isAt(Entry entry) {
        return Filters.and(Filters.eq(ID, entry.sha256()), Filters.eq(KEY, entry.key()));
    }

    private <T> Mono<T> one(String collection, Function<MongoCollection<Document>, Publisher<T>> operation) {
        return mongo.execute(collection, operation::apply).next();
    }

    private Flux<Document> many(String collection, Function<MongoCollection<Document>, Publisher<Document>> operation) {
        return mongo.execute(collection, operation::apply);
    }
}
