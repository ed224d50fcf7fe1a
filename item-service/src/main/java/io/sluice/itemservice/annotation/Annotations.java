package io.sluice.itemservice.annotation;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.model.Accumulators;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.CountOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import io.sluice.kit.error.Problem;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.Condition;
import io.sluice.kit.query.MongoFilter;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The stored annotations. Everything but a look-up by id takes the item or the dataset. */
@Repository
class Annotations {

    /** What the database may work for a result that is taken bit by bit. */
    static final Duration STREAM_TIME = Duration.ofMinutes(10);

    /** As many characters of a filter as are kept to know it again. */
    private static final int LONGEST_KEPT = 4_096;

    private static final int STREAM_BATCH = 500;

    /** One more than a thousand: what fits needs no second question whether there is more. */
    private static final int LISTED_AT_ONCE = 1_001;

    static final long STORED_FIRST = 1;
    private static final String ITEM_ID = "itemId";
    private static final String DATASET_ID = "datasetId";

    private final ReactiveMongoTemplate mongo;
    private final AnnotatedItems items;
    private final long mostMillis;
    private final MongoFilter filters = new MongoFilter(AnnotationFields.MAPPING);

    Annotations(ReactiveMongoTemplate mongo, AnnotatedItems items, QueryLimits limits) {
        this.mongo = mongo;
        this.items = items;
        this.mostMillis = limits.time().toMillis();
    }

    /** Empty for a malformed id, too: it is the id of nothing. */
    Mono<Annotation> find(String annotationId) {
        return ObjectId.isValid(annotationId) ? mongo.findById(annotationId, Annotation.class) : Mono.empty();
    }

    /** Those of the ids that are there, in any order. */
    Flux<Annotation> find(Collection<String> annotationIds) {
        return mongo.execute(Annotation.class, all -> all.find(Filters.in("_id", objectIds(annotationIds))))
                .map(this::read);
    }

    /** Where an annotation is. */
    record Place(String id, String itemId, String datasetId) {

        private static final Bson FIELDS = Projections.include(ITEM_ID, DATASET_ID);

        private static Place of(Document document) {
            return new Place(
                    document.getObjectId("_id").toHexString(),
                    document.getObjectId(ITEM_ID).toHexString(),
                    document.getObjectId(DATASET_ID).toHexString());
        }
    }

    /** Those of the ids that are there, in any order, without what they say. */
    Flux<Place> places(Collection<String> annotationIds) {
        return mongo.execute(
                        Annotation.class,
                        all -> all.find(Filters.in("_id", objectIds(annotationIds)))
                                .projection(Place.FIELDS))
                .map(Place::of);
    }

    /** Stores new ones. */
    Mono<Void> insert(List<Annotation> annotations) {
        List<Document> documents = annotations.stream()
                .map(annotation -> annotation.toDocument(STORED_FIRST))
                .toList();
        return mongo.execute(Annotation.class, all -> all.insertMany(documents, new InsertManyOptions().ordered(false)))
                .then();
    }

    /** Stores those whose ids are not there yet, and tells the places of the others in the list. */
    Mono<Set<Integer>> insertNew(List<Annotation> annotations) {
        return insert(annotations)
                .thenReturn(Set.<Integer>of())
                .onErrorResume(DuplicateKeyException.class, Annotations::placesOfDuplicates);
    }

    private static Mono<Set<Integer>> placesOfDuplicates(DuplicateKeyException failure) {
        return failure.getCause() instanceof MongoBulkWriteException some
                        && some.getWriteConcernError() == null
                        && some.getWriteErrors().stream().allMatch(Annotations::isDuplicate)
                ? Mono.just(some.getWriteErrors().stream()
                        .map(BulkWriteError::getIndex)
                        .collect(Collectors.toSet()))
                : Mono.error(failure);
    }

    private static boolean isDuplicate(BulkWriteError error) {
        return error.getCategory() == ErrorCategory.DUPLICATE_KEY;
    }

    /** Stores those whose ids are not there yet. */
    Mono<Void> insertMissing(List<Annotation> annotations) {
        return insert(annotations).onErrorResume(DuplicateKeyException.class, there -> Mono.empty());
    }

    /** Fails with {@code OptimisticLockingFailureException} when it was changed or deleted since it was read. */
    Mono<Annotation> save(Annotation annotation) {
        return mongo.save(annotation);
    }

    /** Deletes those that nobody has changed since, and tells how many these were. */
    Mono<Long> delete(Collection<AnnotationState> states) {
        Map<Long, List<String>> byVersion = states.stream()
                .collect(Collectors.groupingBy(
                        AnnotationState::version, Collectors.mapping(AnnotationState::id, Collectors.toList())));
        return Flux.fromIterable(byVersion.entrySet())
                .concatMap(same -> deleted(Filters.and(
                        Filters.in("_id", objectIds(same.getValue())), Filters.eq("version", same.getKey()))))
                .reduce(0L, Long::sum);
    }

    /** Those of the annotations that are there. */
    Flux<AnnotationState> states(Collection<String> annotationIds) {
        return states(Filters.in("_id", objectIds(annotationIds)), annotationIds.size());
    }

    /**
     * Some of an item, in the order of their creation.
     *
     * @param from where they begin; null for the first of all
     * @param inclusive whether that one is the first of them, if it is there
     */
    Flux<AnnotationState> statesOf(String itemId, @Nullable String from, boolean inclusive, int most) {
        Bson item = Filters.eq(ITEM_ID, new ObjectId(itemId));
        if (from == null) {
            return states(item, most);
        }
        ObjectId begin = new ObjectId(from);
        return states(Filters.and(item, inclusive ? Filters.gte("_id", begin) : Filters.gt("_id", begin)), most);
    }

    private Flux<AnnotationState> states(Bson filter, int most) {
        return mongo.execute(
                        Annotation.class,
                        all -> all.find(filter)
                                .projection(AnnotationState.FIELDS)
                                .sort(Sorts.ascending("_id"))
                                .limit(most)
                                .maxTime(STREAM_TIME.toMinutes(), TimeUnit.MINUTES))
                .map(document -> mongo.getConverter().read(AnnotationState.class, document));
    }

    Mono<Long> deleteOf(Collection<String> itemIds) {
        return deleted(Filters.in(ITEM_ID, objectIds(itemIds)));
    }

    Mono<Long> deleteOfDataset(String datasetId) {
        return deleted(dataset(datasetId));
    }

    private Mono<Long> deleted(Bson filter) {
        return mongo.execute(Annotation.class, all -> all.deleteMany(filter))
                .next()
                .map(result -> result.getDeletedCount());
    }

    /** How many each of some items has. */
    Mono<Map<String, Long>> countsOf(Collection<String> itemIds) {
        List<ObjectId> ids = objectIds(itemIds);
        return mongo.execute(
                        Annotation.class,
                        all -> all.aggregate(List.of(
                                        Aggregates.match(Filters.in(ITEM_ID, ids)),
                                        Aggregates.group("$" + ITEM_ID, Accumulators.sum("count", 1L))))
                                .batchSize(ids.size() + 1)
                                .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                .collect(
                        () -> itemIds.stream().collect(Collectors.toMap(id -> id, id -> 0L, Long::sum)),
                        (counts, group) -> counts.put(
                                group.getObjectId("_id").toHexString(),
                                group.get("count", Number.class).longValue()));
    }

    /** All of an item, in the order of their creation, read as fast as they are taken. */
    Flux<Annotation> of(String itemId) {
        return stream(Filters.eq(ITEM_ID, new ObjectId(itemId)), Sorts.ascending("_id"));
    }

    /** As {@link #of(String)}, as they are stored. */
    Flux<RawBsonDocument> stored(String itemId) {
        return mongo.execute(
                Annotation.class,
                all -> all.find(Filters.eq(ITEM_ID, new ObjectId(itemId)), RawBsonDocument.class)
                        .sort(Sorts.ascending("_id"))
                        .batchSize(LISTED_AT_ONCE)
                        .maxTime(STREAM_TIME.toMinutes(), TimeUnit.MINUTES));
    }

    /** The ids of all of an item, in the order of their creation. */
    Flux<String> idsOf(String itemId) {
        return entries(Filters.eq(ITEM_ID, new ObjectId(itemId)), STREAM_TIME.toMillis())
                .map(Entry::id);
    }

    /** All of some items that match, those of an item in the order of their creation. */
    Flux<Annotation> of(Collection<String> itemIds, Condition condition) {
        return stream(
                Filters.and(Filters.in(ITEM_ID, objectIds(itemIds)), filters.of(condition)),
                Sorts.ascending(ITEM_ID, "_id"));
    }

    private Flux<Annotation> stream(Bson filter, Bson order) {
        return mongo.execute(
                        Annotation.class,
                        all -> all.find(filter)
                                .sort(order)
                                .batchSize(STREAM_BATCH)
                                .maxTime(STREAM_TIME.toMinutes(), TimeUnit.MINUTES))
                .map(this::read);
    }

    private Annotation read(Document document) {
        return mongo.getConverter().read(Annotation.class, document);
    }

    /**
     * Which annotation of which item.
     *
     * @param id of the annotation
     */
    record Entry(String id, String itemId) {

        private static final Bson FIELDS = Projections.include(ITEM_ID);

        private static Entry of(Document document) {
            return new Entry(
                    document.getObjectId("_id").toHexString(),
                    document.getObjectId(ITEM_ID).toHexString());
        }
    }

    /** All of a dataset that match, in the order of their creation. */
    Flux<Entry> entries(String datasetId, Condition condition) {
        return joined(
                entries(matching(datasetId, condition), STREAM_TIME.toMillis()),
                datasetId,
                condition,
                Entry::itemId,
                STREAM_BATCH);
    }

    private Flux<Entry> entries(Bson filter, long millis) {
        return mongo.execute(
                        Annotation.class,
                        all -> all.find(filter)
                                .projection(Entry.FIELDS)
                                .sort(Sorts.ascending("_id"))
                                .batchSize(STREAM_BATCH)
                                .maxTime(millis, TimeUnit.MILLISECONDS))
                .map(Entry::of);
    }

    /** All of a dataset that match, in the order of ids or against it. */
    Flux<Annotation> all(String datasetId, Condition condition, boolean ascending) {
        return joined(
                stream(matching(datasetId, condition), ascending ? Sorts.ascending("_id") : Sorts.descending("_id")),
                datasetId,
                condition,
                Annotation::itemId,
                STREAM_BATCH);
    }

    /** One page and how many match in all. */
    Mono<Page<Annotation>> page(String datasetId, Query asked) {
        if (asked.pageSize() == 0) {
            return total(datasetId, asked.filter()).map(total -> Page.of(List.<Annotation>of(), total, 0, 0));
        }
        return found(datasetId, asked)
                .collect(Gathered::new, Gathered::add)
                .flatMap(gathered -> total(datasetId, asked, gathered.annotations.size())
                        .map(total -> Page.of(gathered.annotations, total, asked.page(), asked.pageSize())));
    }

    private Flux<Annotation> found(String datasetId, Query asked) {
        Bson filter = matching(datasetId, asked.filter());
        Bson order = filters.order(
                asked.sort().stream().map(Annotations::byIdForByTime).toList());
        int offset = (int) Math.min(Integer.MAX_VALUE, asked.offset());
        if (Condition.Joined.in(asked.filter()) == null) {
            return mongo.execute(
                            Annotation.class,
                            all -> all.find(filter)
                                    .sort(order)
                                    .skip(offset)
                                    .limit(asked.pageSize())
                                    .batchSize(asked.pageSize())
                                    .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                    .map(this::read);
        }
        Flux<Document> candidates = mongo.execute(
                Annotation.class,
                all -> all.find(filter)
                        .sort(order)
                        .batchSize(asked.pageSize())
                        .maxTime(mostMillis, TimeUnit.MILLISECONDS));
        return joined(
                        candidates,
                        datasetId,
                        asked.filter(),
                        document -> document.getObjectId(ITEM_ID).toHexString(),
                        asked.pageSize())
                .skip(offset)
                .take(asked.pageSize())
                .map(this::read);
    }

    /** As with items, one order of both leaves nothing out between two pages (contract core §9.2). */
    private static Query.SortKey byIdForByTime(Query.SortKey key) {
        return key.path().equals("createdAt") ? new Query.SortKey("id", key.ascending()) : key;
    }

    /** The annotations of a page, as long as there is room for them in the memory. */
    private static final class Gathered {

        private static final long MOST = 64L * 1024 * 1024;

        private final List<Annotation> annotations = new ArrayList<>();
        private long size;

        void add(Annotation annotation) {
            size += annotation.content().size() + annotation.metadata().size();
            if (size > MOST) {
                throw Problem.QUERY_TOO_EXPENSIVE.at(
                        "pageSize", "annotations as large as these do not fit into one page; ask for fewer");
            }
            annotations.add(annotation);
        }
    }

    /** A page that is neither full nor empty is the last and tells the total; otherwise the database counts. */
    private Mono<Long> total(String datasetId, Query asked, int found) {
        boolean isLast = found < asked.pageSize() && (found > 0 || asked.page() == 0);
        return isLast ? Mono.just(asked.offset() + found) : total(datasetId, asked.filter());
    }

    /** How many of a dataset match. */
    Mono<Long> total(String datasetId, Condition condition) {
        return items.total(
                datasetId, condition, wanted -> counted(datasetId, wanted), wanted -> words(datasetId, wanted));
    }

    private @Nullable String words(String datasetId, Condition condition) {
        Condition.Joined join = Condition.Joined.in(condition);
        String words = matching(datasetId, condition).toBsonDocument().toJson() + (join == null ? "" : join);
        return words.length() > LONGEST_KEPT ? null : words;
    }

    private Mono<Long> counted(String datasetId, Condition condition) {
        Condition.Joined join = Condition.Joined.in(condition);
        Bson filter = matching(datasetId, condition);
        return join == null
                ? count(filter)
                : items.matching(datasetId, join.filter())
                        .buffer(STREAM_BATCH)
                        .concatMap(ids -> count(Filters.and(filter, Filters.in(ITEM_ID, objectIds(ids)))), 1)
                        .reduce(0L, Long::sum);
    }

    private Mono<Long> count(Bson filter) {
        return mongo.execute(
                        Annotation.class,
                        all -> all.countDocuments(
                                filter, new CountOptions().maxTime(mostMillis, TimeUnit.MILLISECONDS)))
                .next();
    }

    /**
     * How many annotations there are of each kind in a dataset, the most frequent kind first.
     *
     * @param field what tells the kinds apart
     * @param creators who has made those that count; empty for everybody
     */
    Flux<Tally> tallies(String datasetId, String field, Collection<String> creators) {
        Bson filter = creators.isEmpty()
                ? dataset(datasetId)
                : Filters.and(dataset(datasetId), Filters.in("creator", creators));
        return mongo.execute(
                        Annotation.class,
                        all -> all.aggregate(List.of(
                                        Aggregates.match(filter),
                                        Aggregates.group("$" + field, Accumulators.sum("count", 1L))))
                                .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                .map(group -> new Tally(
                        group.getString("_id"), group.get("count", Number.class).longValue()))
                .sort(Comparator.comparingLong(Tally::count).reversed().thenComparing(Tally::kind));
    }

    /** How many there are of a kind. */
    record Tally(String kind, long count) {}

    /** Those found whose item matches what is joined to them, in their order. */
    private <T> Flux<T> joined(
            Flux<T> found, String datasetId, Condition condition, Function<T, String> itemIdOf, int batch) {
        Condition.Joined join = Condition.Joined.in(condition);
        return join == null
                ? found
                : found.buffer(batch)
                        .concatMap(
                                some -> items.matching(
                                                datasetId,
                                                join.filter(),
                                                some.stream()
                                                        .map(itemIdOf)
                                                        .distinct()
                                                        .toList())
                                        .collect(Collectors.toSet())
                                        .flatMapIterable(ids -> some.stream()
                                                .filter(one -> ids.contains(itemIdOf.apply(one)))
                                                .toList()),
                                1);
    }

    private Bson matching(String datasetId, Condition condition) {
        return Filters.and(dataset(datasetId), filters.of(condition));
    }

    private static Bson dataset(String datasetId) {
        return Filters.eq(DATASET_ID, new ObjectId(datasetId));
    }

    private static List<ObjectId> objectIds(Collection<String> ids) {
        return ids.stream().filter(ObjectId::isValid).map(ObjectId::new).toList();
    }
}
