package io.sluice.itemservice.item;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import io.sluice.kit.mongo.JsonObject;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Whether a key in the metadata of some item of a dataset has, or ever had, a dot. Where none has, a path has one reading
 * only ({@link io.sluice.kit.query.MongoFilter#withoutDottedKeys}). Known to all replicas by a mark beside the revision of
 * the dataset. Whoever stores an item with such a key says so before; it is never taken back. That there is none is
 * said by who has looked through all items, unless somebody has said otherwise by then.
 */
@Component
class DottedKeys {

    static final String FIELD = "dottedKeys";

    private static final Logger log = LoggerFactory.getLogger(DottedKeys.class);

    private static final Duration LOOKING_TIME = Duration.ofMinutes(10);

    /** After one that failed, as much time goes by before the next. */
    private static final Duration LOOKED = Duration.ofHours(1);

    private static final int MOST_REMEMBERED = 50_000;
    private static final int MOST_WAITING = 1_000;
    private static final int AT_ONCE = 1_000;

    private final ReactiveMongoTemplate mongo;
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    private final Cache<String, Mono<Void>> said =
            Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).build();
    private final Cache<String, Boolean> looked = Caffeine.newBuilder()
            .maximumSize(MOST_REMEMBERED)
            .expireAfterWrite(LOOKED)
            .build();

    DottedKeys(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    /** Stores items; before, every replica knows which datasets have such keys by that. */
    <T> Mono<T> saidBefore(Collection<Item> items, Mono<T> storing) {
        Set<String> datasetIds = items.stream()
                .filter(item -> item.metadata().hasDottedKey())
                .map(Item::datasetId)
                .collect(Collectors.toSet());
        return datasetIds.isEmpty()
                ? storing
                : Flux.fromIterable(datasetIds).concatMap(this::say).then(storing);
    }

    private Mono<Void> say(String datasetId) {
        return said.get(
                datasetId,
                id -> mark(id).doOnError(failure -> said.invalidate(id)).cache());
    }

    private Mono<Void> mark(String datasetId) {
        return mongo.execute(
                        ChangeMarks.COLLECTION,
                        marks -> marks.updateOne(
                                Filters.eq("_id", datasetId),
                                Updates.set(FIELD, true),
                                new UpdateOptions().upsert(true)))
                .then();
    }

    /** To be called for a dataset of which nobody knows: somebody looks soon. */
    void wonder(String datasetId) {
        if (waiting.size() < MOST_WAITING && looked.getIfPresent(datasetId) == null) {
            waiting.add(datasetId);
        }
    }

    /** Looks through the datasets that were asked for, one at a time. */
    @Scheduled(initialDelay = 1, fixedDelay = 1, timeUnit = TimeUnit.SECONDS)
    Mono<Void> lookThroughAll() {
        return Flux.defer(() -> Flux.fromIterable(waiting))
                .concatMap(datasetId -> lookThrough(datasetId)
                        .onErrorResume(failure -> {
                            log.warn(
                                    "The metadata of dataset {} is looked through later: {}",
                                    datasetId,
                                    failure.toString());
                            return Mono.empty();
                        })
                        .doFinally(end -> {
                            looked.put(datasetId, true);
                            waiting.remove(datasetId);
                        }))
                .then();
    }

    /** Says whether a dataset has such keys. */
    Mono<Void> lookThrough(String datasetId) {
        return mongo.execute(
                        Item.class,
                        items -> items.withDocumentClass(RawBsonDocument.class)
                                .find(Filters.eq("datasetId", new ObjectId(datasetId)))
                                .projection(
                                        Projections.fields(Projections.include("metadata"), Projections.excludeId()))
                                .batchSize(AT_ONCE)
                                .maxTime(LOOKING_TIME.toMinutes(), TimeUnit.MINUTES))
                .any(DottedKeys::hasDottedKey)
                .flatMap(found -> found ? say(datasetId) : sayNone(datasetId));
    }

    private Mono<Void> sayNone(String datasetId) {
        Bson unsaid = Filters.and(Filters.eq("_id", datasetId), Filters.exists(FIELD, false));
        return mongo.execute(
                        ChangeMarks.COLLECTION,
                        marks -> marks.updateOne(unsaid, Updates.set(FIELD, false), new UpdateOptions().upsert(true)))
                .then()
                // Somebody has said otherwise.
                .onErrorResume(DuplicateKeyException.class, said -> Mono.empty());
    }

    private static boolean hasDottedKey(RawBsonDocument metadata) {
        return mayHaveDottedKey(metadata)
                && JsonObject.fromDocument(Document.parse(metadata.toJson())).hasDottedKey();
    }

    /** Whether a dot in the spelling of keys is anywhere in it: of a million items few have to be taken apart. */
    private static boolean mayHaveDottedKey(RawBsonDocument metadata) {
        var bytes = metadata.getByteBuffer();
        for (int place = bytes.position() + 1; place < bytes.limit(); place++) {
            if (bytes.get(place) == '1' && bytes.get(place - 1) == '~') {
                return true;
            }
        }
        return false;
    }
}
