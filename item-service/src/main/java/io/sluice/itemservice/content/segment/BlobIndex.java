package io.sluice.itemservice.content.segment;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.Updates;
import com.mongodb.client.model.WriteModel;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.time.Instant;
import java.util.ArrayList;
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
 * Where the bytes in segments are, and which of them nobody names: a document for each digest. Documents in {@code
 * blobs_in_trash} are but hints where to look, written before; what is in the trash, the index says.
 */
final class BlobIndex {

    static final String COLLECTION = "blobs";
    static final String TRASH = "blobs_in_trash";

    private static final String ID = "_id";
    private static final String SEGMENT = "segment";
    private static final String OFFSET = "offset";
    private static final String SIZE = "size";
    private static final String TRASHED_AT = "trashedAt";
    private static final int DUPLICATE_KEY = 11000;

    /** A look at every document of the collection, which nobody waits for. */
    private static final long FULL_LOOK_MINUTES = 60;

    private final ReactiveMongoTemplate mongo;

    BlobIndex(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    /**
     * What is known of some bytes.
     *
     * @param trashedAt since when nobody names them; null when somebody does
     */
    record Entry(String sha256, Place place, @Nullable Instant trashedAt) {

        static Entry of(Document document) {
            Date trashedAt = document.getDate(TRASHED_AT);
            return new Entry(
                    document.getString(ID),
                    new Place(
                            document.getString(SEGMENT),
                            document.get(OFFSET, Number.class).longValue(),
                            document.get(SIZE, Number.class).intValue()),
                    trashedAt == null ? null : trashedAt.toInstant());
        }

        Document document() {
            return new Document(ID, sha256)
                    .append(SEGMENT, place.segment())
                    .append(OFFSET, place.offset())
                    .append(SIZE, place.size());
        }
    }

    /** A record that was copied to another place. */
    record Move(String sha256, Place from, Place to) {}

    Mono<Entry> find(String sha256) {
        return many(blobs -> blobs.find(Filters.eq(ID, sha256)).limit(1)).next().map(Entry::of);
    }

    Mono<Map<String, Entry>> find(Collection<String> digests) {
        return digests.isEmpty()
                ? Mono.just(Map.of())
                : many(blobs -> blobs.find(Filters.in(ID, digests)))
                        .map(Entry::of)
                        .collectMap(Entry::sha256);
    }

    /** What is in a segment; looks at everything. */
    Flux<Entry> in(String segment) {
        return many(blobs -> blobs.find(Filters.eq(SEGMENT, segment)).maxTime(FULL_LOOK_MINUTES, TimeUnit.MINUTES))
                .map(Entry::of);
    }

    /** How much is in each segment; looks at everything. */
    Mono<Map<String, Long>> countBySegment() {
        return many(blobs -> blobs.aggregate(List.of(new Document(
                                "$group", new Document(ID, "$" + SEGMENT).append("count", new Document("$sum", 1)))))
                        .maxTime(FULL_LOOK_MINUTES, TimeUnit.MINUTES))
                .collectMap(
                        group -> group.getString(ID),
                        group -> group.get("count", Number.class).longValue());
    }

    /** Whether anything is in a segment; looks at everything. */
    Mono<Boolean> isUsed(String segment) {
        return many(blobs ->
                        blobs.find(Filters.eq(SEGMENT, segment)).limit(1).maxTime(FULL_LOOK_MINUTES, TimeUnit.MINUTES))
                .hasElements();
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
        return one(blobs -> Mono.from(blobs.insertMany(documents, new InsertManyOptions().ordered(false)))
                .map(all -> Set.<String>of())
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
    Mono<Void> remove(List<Entry> entries) {
        return Flux.fromIterable(entries)
                .concatMap(entry -> one(blobs -> blobs.deleteOne(at(entry.sha256(), entry.place()))))
                .then();
    }

    /**
     * Says that bytes are somewhere else now, unless they are no longer where they were.
     *
     * @return the moves that were not made
     */
    Mono<List<Move>> move(List<Move> moves) {
        if (moves.isEmpty()) {
            return Mono.just(List.of());
        }
        List<WriteModel<Document>> updates = new ArrayList<>();
        for (Move move : moves) {
            updates.add(new UpdateOneModel<>(
                    at(move.sha256(), move.from()),
                    Updates.combine(
                            Updates.set(SEGMENT, move.to().segment()),
                            Updates.set(OFFSET, move.to().offset()))));
        }
        return one(blobs -> blobs.bulkWrite(updates, new BulkWriteOptions().ordered(false)))
                .flatMap(done -> done.getMatchedCount() == moves.size()
                        ? Mono.just(List.of())
                        : find(moves.stream().map(Move::sha256).toList())
                                .map(found -> moves.stream()
                                        .filter(move -> !isAt(move.to(), found.get(move.sha256())))
                                        .toList()));
    }

    private static boolean isAt(Place place, @Nullable Entry entry) {
        return entry != null && entry.place().equals(place);
    }

    /** Makes entries say what the segments do; for repairs. */
    Mono<Void> put(Entry entry) {
        return one(blobs -> blobs.replaceOne(
                        Filters.eq(ID, entry.sha256()), entry.document(), new ReplaceOptions().upsert(true)))
                .then();
    }

    /** Takes bytes out of the trash, if they are there. False when there is no entry at all. */
    Mono<Boolean> restore(String sha256) {
        return one(blobs -> blobs.updateOne(Filters.eq(ID, sha256), Updates.unset(TRASHED_AT)))
                .map(done -> done.getMatchedCount() > 0);
    }

    /** Puts bytes into the trash. The hint comes first: what has none would stay there for ever. */
    Mono<Void> discard(String sha256, Instant now) {
        Bson isNamed = Filters.and(Filters.eq(ID, sha256), Filters.exists(TRASHED_AT, false));
        return find(sha256)
                .delayUntil(entry -> trash(hints -> hints.replaceOne(
                        Filters.eq(ID, sha256),
                        new Document(ID, sha256).append(TRASHED_AT, Date.from(now)),
                        new ReplaceOptions().upsert(true))))
                .flatMap(entry -> one(blobs -> blobs.updateOne(isNamed, Updates.set(TRASHED_AT, Date.from(now)))))
                .then();
    }

    /** Removes the entry of bytes that are in the trash. Answers with what it was; empty when there is none. */
    Mono<Entry> purge(String sha256) {
        return one(blobs -> blobs.findOneAndDelete(Filters.and(Filters.eq(ID, sha256), Filters.exists(TRASHED_AT))))
                .map(Entry::of)
                .delayUntil(entry -> forgetTrash(sha256))
                .switchIfEmpty(Mono.defer(() -> forgetTrash(sha256).then(Mono.empty())));
    }

    Mono<Void> forgetTrash(String sha256) {
        return trash(hints -> hints.deleteOne(Filters.eq(ID, sha256))).then();
    }

    /** Digests that came into the trash before then; perhaps they are there no more. */
    Flux<String> inTrashBefore(Instant then) {
        return mongo.execute(TRASH, hints -> hints.find(Filters.lt(TRASHED_AT, Date.from(then))))
                .map(hint -> hint.getString(ID));
    }

    private static Bson at(String sha256, Place place) {
        return Filters.and(
                Filters.eq(ID, sha256), Filters.eq(SEGMENT, place.segment()), Filters.eq(OFFSET, place.offset()));
    }

    private <T> Mono<T> one(Function<MongoCollection<Document>, Publisher<T>> operation) {
        return mongo.execute(COLLECTION, operation::apply).next();
    }

    private <T> Mono<T> trash(Function<MongoCollection<Document>, Publisher<T>> operation) {
        return mongo.execute(TRASH, operation::apply).next();
    }

    private Flux<Document> many(Function<MongoCollection<Document>, Publisher<Document>> operation) {
        return mongo.execute(COLLECTION, operation::apply);
    }
}
