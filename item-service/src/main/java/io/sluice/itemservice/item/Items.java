package io.sluice.itemservice.item;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoExecutionTimeoutException;
import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.CountOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.FindPublisher;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.sluice.itemservice.annotation.AnnotatedItems.AnnotatedItem;
import io.sluice.itemservice.annotation.ItemsByAnnotation;
import io.sluice.itemservice.content.BlobReferences;
import io.sluice.itemservice.content.Content;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.paging.Cursor;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.Condition;
import io.sluice.kit.query.MongoFilter;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** The stored items. Everything but a look-up by id takes the dataset. */
@Repository
class Items implements BlobReferences {

    /** What the database may work for a result that is taken bit by bit. */
    private static final Duration STREAM_TIME = Duration.ofMinutes(10);

    /** As many characters of a filter as are kept to know it again. */
    private static final int LONGEST_KEPT = 4_096;

    /** As many as are read ahead of who takes a long result; the database sends at most 16 MB of them. */
    private static final int STREAM_BATCH = 500;

    /**
     * As many matching annotations as are looked up first, to look at their items only. Where a million items have so many,
     * a page of a hundred takes about as long by going through the items instead.
     */
    private static final int FEW = 10_000;

    /** As many items as are asked for their annotations at once. */
    private static final int JOINED_AT_ONCE = 500;

    private static final int JOINED_AT_LEAST = 50;

    private static final String DATASET_ID = "datasetId";
    private static final String FILENAME = "filename";
    private static final String UPDATED_AT = "updatedAt";
    private static final long STORED_FIRST = 1;
    private static final String SOURCE = "source.itemId";
    private static final String SHA256 = "content.sha256";
    private static final String THUMBNAIL = "metadata.system." + Thumbnails.ID;

    /** For what reads, changes and writes back: somebody else did so at the same moment. */
    static final Retry AGAIN_ON_CONFLICT = Retry.backoff(30, Duration.ofMillis(2))
            .maxBackoff(Duration.ofMillis(200))
            .jitter(0.75)
            .filter(Items::isConflict)
            .onRetryExhaustedThrow((retry, last) ->
                    Problem.CHANGED_MEANWHILE.with("The item is being changed by many at the same time; try again"));

    private final ReactiveMongoTemplate mongo;
    private final ChangeMarks marks;
    private final DottedKeys dottedKeys;
    private final DatasetCounts counts;
    private final Totals totals;
    private final PagePlaces places;
    private final ItemsByAnnotation byAnnotation;
    private final long mostMillis;
    private final MongoFilter filters = new MongoFilter(ItemFields.MAPPING);
    private final MongoFilter plainFilters = filters.withoutDottedKeys();
    private volatile @Nullable MongoCollection<Item> readable;

    Items(
            ReactiveMongoTemplate mongo,
            QueryLimits limits,
            ChangeMarks marks,
            DottedKeys dottedKeys,
            DatasetCounts counts,
            Totals totals,
            PagePlaces places,
            ItemsByAnnotation byAnnotation) {
        this.mongo = mongo;
        this.marks = marks;
        this.dottedKeys = dottedKeys;
        this.counts = counts;
        this.totals = totals;
        this.places = places;
        this.byAnnotation = byAnnotation;
        this.mostMillis = limits.time().toMillis();
    }

    /** Empty for a malformed id, too: it is the id of nothing. */
    Mono<Item> find(String itemId) {
        return ObjectId.isValid(itemId) ? one(Filters.eq("_id", new ObjectId(itemId))) : Mono.empty();
    }

    /**
     * What tells one state of an item from another, and where the item is.
     *
     * @param datasetId who may know of it
     */
    record State(String id, long version, String datasetId) {

        private static final Bson FIELDS = Projections.include("version", DATASET_ID);

        static State of(Item item) {
            return new State(item.id(), item.version(), item.datasetId());
        }

        private static State of(Document document) {
            return new State(
                    document.getObjectId("_id").toHexString(),
                    document.get("version", Number.class).longValue(),
                    document.getObjectId(DATASET_ID).toHexString());
        }
    }

    /** As {@link #find}, without what the item holds, which may be much. */
    Mono<State> state(String itemId) {
        return ObjectId.isValid(itemId)
                ? mongo.execute(
                                Item.class,
                                items -> items.find(Filters.eq("_id", new ObjectId(itemId)))
                                        .projection(State.FIELDS))
                        .next()
                        .map(State::of)
                : Mono.empty();
    }

    /** As {@link #state(String)}, of those of the ids that are there, in any order. */
    Flux<State> states(Collection<String> itemIds) {
        return mongo.execute(
                        Item.class,
                        items -> items.find(Filters.in("_id", objectIds(itemIds)))
                                .projection(State.FIELDS))
                .map(State::of);
    }

    /** Where annotations find an item, without what it holds. */
    Flux<AnnotatedItem> places(Collection<String> itemIds) {
        List<ObjectId> ids = objectIds(itemIds);
        return mongo.execute(
                        Item.class,
                        items -> items.find(Filters.in("_id", ids))
                                .projection(Projections.include(DATASET_ID, "type"))
                                .batchSize(ids.size() + 1))
                .map(document -> new AnnotatedItem(
                        document.getObjectId("_id").toHexString(),
                        document.getObjectId(DATASET_ID).toHexString(),
                        Item.DIRECTORY.equals(document.getString("type"))));
    }

    /**
     * Notes how many annotations items of a dataset have, and tells how many of them are there.
     *
     * @param counts by the id of the item
     */
    Mono<Integer> countAnnotations(String datasetId, Map<String, Long> counts, Instant now) {
        List<UpdateOneModel<Document>> notes = counts.entrySet().stream()
                .map(item -> new UpdateOneModel<Document>(
                        Filters.eq("_id", new ObjectId(item.getKey())),
                        Updates.combine(
                                Updates.set("annotated", item.getValue() > 0),
                                Updates.set("annotationsCount", item.getValue()),
                                Updates.max(UPDATED_AT, Date.from(now)),
                                Updates.inc("version", 1L))))
                .toList();
        return marks.around(
                Map.of(datasetId, counts.keySet()),
                mongo.execute(Item.class, items -> items.bulkWrite(notes, new BulkWriteOptions().ordered(false)))
                        .next()
                        .map(BulkWriteResult::getMatchedCount));
    }

    /** Notes that annotations of items were changed. Whoever calls says that items are changed. */
    Mono<Void> touch(Collection<String> itemIds, Instant now) {
        return mongo.execute(
                        Item.class,
                        items -> items.updateMany(
                                Filters.in("_id", objectIds(itemIds)),
                                Updates.combine(Updates.max(UPDATED_AT, Date.from(now)), Updates.inc("version", 1L))))
                .then();
    }

    Mono<Item> findAt(String datasetId, ItemPath path) {
        return one(at(datasetId, List.of(path)));
    }

    Flux<Item> findAt(String datasetId, Collection<ItemPath> paths) {
        return read(items -> items.find(at(datasetId, paths)));
    }

    private static Bson at(String datasetId, Collection<ItemPath> paths) {
        return Filters.and(
                dataset(datasetId),
                Filters.in(FILENAME, paths.stream().map(ItemPath::value).toList()));
    }

    /** Without a cursor that could be gone on with, which takes the driver longer than the item. */
    private Mono<Item> one(Bson filter) {
        return mongo.execute(Item.class, items -> readable(items).find(filter).first())
                .next();
    }

    private Flux<Item> read(Function<MongoCollection<Item>, FindPublisher<Item>> find) {
        return mongo.execute(Item.class, items -> find.apply(readable(items)));
    }

    private MongoCollection<Item> readable(MongoCollection<Document> items) {
        MongoCollection<Item> known = readable;
        if (known == null) {
            known = ItemDecoder.reading(items);
            readable = known;
        }
        return known;
    }

    static boolean isConflict(Throwable failure) {
        return failure instanceof OptimisticLockingFailureException;
    }

    /** All that brings metadata into the database goes through here, so that no key with a dot comes unsaid. */
    private <T> Mono<T> stored(Collection<Item> items, Mono<T> storing) {
        return dottedKeys.saidBefore(items, storing);
    }

    /** Fails with {@code DuplicateKeyException} when the path is taken. */
    Mono<Item> insert(Item item) {
        return stored(List.of(item), marks.around(item.datasetId(), item.id(), mongo.insert(item)));
    }

    /** Stores as many as can be: what has an id or a path that is taken stays out. */
    Mono<Void> insertAll(List<Item> copies) {
        if (copies.isEmpty()) {
            return Mono.empty();
        }
        List<Document> documents = copies.stream().map(this::document).toList();
        Mono<Void> insertion = mongo.execute(
                        Item.class, items -> items.insertMany(documents, new InsertManyOptions().ordered(false)))
                .onErrorResume(DuplicateKeyException.class, taken -> Flux.empty())
                .then();
        return stored(
                copies,
                marks.around(
                        copies.stream()
                                .collect(Collectors.groupingBy(
                                        Item::datasetId, Collectors.mapping(Item::id, Collectors.toList()))),
                        insertion));
    }

    /** As {@link #insertAll}, of items of one dataset; tells which ids stayed out. */
    Mono<Set<String>> insertNew(String datasetId, List<Item> fresh) {
        List<Document> documents = fresh.stream().map(Item::toDocument).toList();
        Mono<Set<String>> insertion = mongo.execute(
                        Item.class, items -> items.insertMany(documents, new InsertManyOptions().ordered(false)))
                .then(Mono.just(Set.<String>of()))
                .onErrorResume(DuplicateKeyException.class, taken -> Mono.just(refused(taken, fresh)));
        return stored(
                fresh,
                marks.around(Map.of(datasetId, fresh.stream().map(Item::id).toList()), insertion));
    }

    private static Set<String> refused(DuplicateKeyException taken, List<Item> fresh) {
        if (!(taken.getCause() instanceof MongoBulkWriteException failure)) {
            throw taken;
        }
        return failure.getWriteErrors().stream()
                .map(error -> fresh.get(error.getIndex()).id())
                .collect(Collectors.toSet());
    }

    /**
     * What is at a path.
     *
     * @param content null for a directory
     */
    record Occupant(
            String id,
            boolean isDirectory,
            String filename,
            @Nullable Content content) {

        private static final Bson FIELDS = Projections.include("type", FILENAME, "content");

        private static Occupant of(Document document) {
            Document content = document.get("content", Document.class);
            return new Occupant(
                    document.getObjectId("_id").toHexString(),
                    Item.DIRECTORY.equals(document.getString("type")),
                    document.getString(FILENAME),
                    content == null ? null : contentOf(content));
        }
    }

    private static Content contentOf(Document content) {
        return new Content(
                content.getString("sha256"), content.get("size", Number.class).longValue());
    }

    /** What is at those of the paths that are taken. */
    Flux<Occupant> occupants(String datasetId, Collection<String> paths) {
        return mongo.execute(
                        Item.class,
                        items -> items.find(Filters.and(dataset(datasetId), Filters.in(FILENAME, paths)))
                                .projection(Occupant.FIELDS)
                                .batchSize(paths.size() + 1)
                                .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                .map(Occupant::of);
    }

    /**
     * An item that names some bytes.
     *
     * @param system what the platform knows of them
     */
    record Naming(String datasetId, Content content, JsonObject system) {

        private static final Bson FIELDS = Projections.include(DATASET_ID, "content", "metadata." + Item.SYSTEM);

        private static Naming of(Document document) {
            return new Naming(
                    document.getObjectId(DATASET_ID).toHexString(),
                    contentOf(document.get("content", Document.class)),
                    JsonObject.fromDocument(document.getEmbedded(List.of("metadata", Item.SYSTEM), new Document())));
        }
    }

    /** Some items that name these bytes, of any dataset, as many as are wanted at most. */
    Flux<Naming> naming(Collection<String> digests, int most) {
        return mongo.execute(
                        Item.class,
                        items -> items.find(Filters.in(SHA256, digests))
                                .projection(Naming.FIELDS)
                                .limit(most)
                                .batchSize(most)
                                .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                .map(Naming::of);
    }

    private Document document(Item item) {
        Document document = new Document();
        mongo.getConverter().write(item, document);
        return document.append("version", STORED_FIRST);
    }

    /** Fails with {@code OptimisticLockingFailureException} when it was changed or deleted since it was read. */
    Mono<Item> save(Item item) {
        return stored(List.of(item), marks.around(item.datasetId(), item.id(), mongo.save(item)));
    }

    /** As {@link #save}, of an item with other metadata or another description: all that is counted stays as it is. */
    Mono<Item> saveMetadata(Item item) {
        return stored(List.of(item), marks.around(item.datasetId(), mongo.save(item)));
    }

    /** Deletes documents that name no bytes, or whose bytes somebody else releases. */
    Mono<Void> delete(Collection<String> itemIds) {
        return remove(itemIds, query(where("_id").in(objectIds(itemIds))));
    }

    /** Deletes those of the items that name no bytes and no thumbnails but these. */
    Mono<Void> deleteNaming(Collection<String> digests, Collection<Object> thumbnails, Collection<String> itemIds) {
        return remove(
                itemIds,
                query(where("_id")
                        .in(objectIds(itemIds))
                        .and(SHA256)
                        .in(noneOr(digests))
                        .and(THUMBNAIL)
                        .in(noneOr(thumbnails))));
    }

    private static List<@Nullable Object> noneOr(Collection<?> these) {
        List<@Nullable Object> noneOrThese = new ArrayList<>(these);
        noneOrThese.add(null);
        return noneOrThese;
    }

    private Mono<Void> remove(Collection<String> itemIds, org.springframework.data.mongodb.core.query.Query doomed) {
        return mongo.execute(
                        Item.class,
                        items -> items.find(Filters.in("_id", objectIds(itemIds)))
                                .projection(Projections.include(DATASET_ID)))
                .collect(Collectors.groupingBy(
                        item -> item.getObjectId(DATASET_ID).toHexString(),
                        Collectors.mapping(item -> item.getObjectId("_id").toHexString(), Collectors.toList())))
                .flatMap(counted -> marks.around(counted, mongo.remove(doomed, Item.class)))
                .then();
    }

    private static List<ObjectId> objectIds(Collection<String> itemIds) {
        return itemIds.stream().filter(ObjectId::isValid).map(ObjectId::new).toList();
    }

    /** One of the ids that no item of the dataset has; empty when there are items of all. */
    Mono<String> missing(String datasetId, Collection<String> itemIds) {
        Bson filter = Filters.and(dataset(datasetId), Filters.in("_id", objectIds(itemIds)));
        return ids(filter)
                .collect(Collectors.toSet())
                .flatMap(found -> Mono.justOrEmpty(itemIds.stream()
                        .filter(itemId -> !found.contains(itemId.toLowerCase(Locale.ROOT)))
                        .findFirst()));
    }

    /**
     * What tells an item and its bytes apart from others.
     *
     * @param sha256 the digest of its bytes; null when it has none
     * @param thumbnailId what it says is its thumbnail; null when it has none
     */
    record Entry(
            String id,
            boolean isDirectory,
            String filename,
            @Nullable String sha256,
            @Nullable Object thumbnailId) {

        private static final Bson FIELDS = Projections.include("type", FILENAME, SHA256, THUMBNAIL);

        static Entry of(Item item) {
            Content content = item.content();
            return new Entry(
                    item.id(),
                    item.isDirectory(),
                    item.filename(),
                    content == null ? null : content.sha256(),
                    item.metadata().object(Item.SYSTEM).members().get(Thumbnails.ID));
        }

        private static Entry of(Document document) {
            Document content = document.get("content", Document.class);
            return new Entry(
                    document.getObjectId("_id").toHexString(),
                    Item.DIRECTORY.equals(document.getString("type")),
                    document.getString(FILENAME),
                    content == null ? null : content.getString("sha256"),
                    document.getEmbedded(List.of("metadata", Item.SYSTEM, Thumbnails.ID), Object.class));
        }
    }

    /** Those of the items that exist. */
    Flux<Entry> entries(Collection<String> itemIds) {
        return entries(Filters.in("_id", objectIds(itemIds)), Sorts.ascending("_id"));
    }

    /** Those of the items that exist, with all that they hold. */
    Flux<Item> all(Collection<String> itemIds) {
        return stream(Filters.in("_id", objectIds(itemIds)), Sorts.ascending("_id"));
    }

    /** Those of the items of which there are copies in a dataset. */
    Flux<String> copied(String datasetId, Collection<String> itemIds) {
        return mongo.execute(
                        Item.class,
                        items -> items.find(Filters.and(dataset(datasetId), Filters.in(SOURCE, objectIds(itemIds))))
                                .projection(Projections.include(SOURCE)))
                .map(document -> document.getEmbedded(List.of("source", "itemId"), ObjectId.class)
                        .toHexString());
    }

    /** Everything in a dataset. */
    Flux<Entry> entries(String datasetId) {
        return entries(dataset(datasetId), Sorts.ascending("_id"));
    }

    /** The files in a dataset that were made before then; ids begin with the second. */
    Flux<Entry> filesBefore(String datasetId, Instant then) {
        ObjectId first = new ObjectId((int) then.getEpochSecond(), 0);
        return entries(
                Filters.and(
                        dataset(datasetId),
                        Filters.in("hidden", false, true),
                        Filters.eq("type", Item.FILE),
                        Filters.lt("_id", first)),
                Sorts.ascending("_id"));
    }

    /** Everything in a dataset that matches. */
    Flux<Entry> entries(String datasetId, Condition condition) {
        return joined(entries(matching(datasetId, condition), Sorts.ascending("_id")), condition, Entry::id);
    }

    /**
     * A part of what matches in a dataset, in the order of ids.
     *
     * @param after the id it begins behind; null for the beginning
     * @param upTo the highest id in it
     */
    Flux<Entry> entries(String datasetId, Condition condition, @Nullable String after, String upTo) {
        return joined(
                entries(Filters.and(matching(datasetId, condition), between(after, upTo)), Sorts.ascending("_id")),
                condition,
                Entry::id);
    }

    private static Bson between(@Nullable String after, String upTo) {
        Bson end = Filters.lte("_id", new ObjectId(upTo));
        return after == null ? end : Filters.and(Filters.gt("_id", new ObjectId(after)), end);
    }

    /** Everything below a directory, children always before their parent. */
    Flux<Entry> entriesBelow(String datasetId, ItemPath directory) {
        return entries(belowFilter(datasetId, directory), Sorts.descending(FILENAME));
    }

    /** As {@link #entriesBelow(String, ItemPath)}, up to the one at that path. */
    Flux<Entry> entriesBelow(String datasetId, ItemPath directory, String from) {
        return entries(
                Filters.and(belowFilter(datasetId, directory), Filters.gte(FILENAME, from)),
                Sorts.descending(FILENAME));
    }

    private Flux<Entry> entries(Bson filter, Bson order) {
        return mongo.execute(
                        Item.class,
                        items -> items.find(filter)
                                .projection(Entry.FIELDS)
                                .sort(order)
                                .maxTime(STREAM_TIME.toMinutes(), TimeUnit.MINUTES))
                .map(Entry::of);
    }

    /**
     * How a dataset is asked at a moment.
     *
     * @param revision that of the dataset, for its totals; read when it is needed, or already
     */
    private record Wording(String datasetId, MongoFilter filters, Mono<String> revision) {

        Bson of(Condition condition) {
            return Filters.and(dataset(datasetId), filters.of(condition));
        }
    }

    /** Whether keys have dots is read before the items: who stores an item says it before, too. */
    private Mono<Wording> wording(String datasetId, Condition condition) {
        if (!filters.isAmbiguous(condition)) {
            return Mono.just(new Wording(datasetId, filters, marks.revision(datasetId)));
        }
        return marks.seen(datasetId).map(seen -> {
            if (seen.hasDottedKeys() == null) {
                dottedKeys.wonder(datasetId);
            }
            boolean isPlain = Boolean.FALSE.equals(seen.hasDottedKeys());
            return new Wording(datasetId, isPlain ? plainFilters : filters, Mono.justOrEmpty(seen.revision()));
        });
    }

    /** One page and how many match in all. */
    Mono<Page<Item>> page(String datasetId, Query asked) {
        return wording(datasetId, asked.filter()).flatMap(wording -> page(wording, asked));
    }

    private Mono<Page<Item>> page(Wording wording, Query asked) {
        Bson filter = wording.of(asked.filter());
        if (asked.pageSize() == 0) {
            return total(wording, asked).map(total -> Page.of(List.<Item>of(), total, 0, 0));
        }
        PagePlaces.Place place = placeOf(filter, asked);
        String last = place == null ? null : places.lastBefore(place);
        return (last == null ? steppedTo(wording, filter, asked) : goneOn(wording, filter, asked, last))
                .doOnNext(page -> {
                    if (place != null && page.items().size() == asked.pageSize()) {
                        places.answered(
                                place, page.items().get(asked.pageSize() - 1).id());
                    }
                });
    }

    private Mono<Page<Item>> steppedTo(Wording wording, Bson filter, Query asked) {
        return gathered(found(wording.datasetId(), filter, asked, offset(asked), asked.pageSize()))
                .flatMap(items -> total(wording, asked, items.size())
                        .map(total -> Page.of(items, total, asked.page(), asked.pageSize())));
    }

    /** The items behind the last one of the page before; what came or went in front of them does not shift them. */
    private Mono<Page<Item>> goneOn(Wording wording, Bson filter, Query asked, String last) {
        ObjectId key = new ObjectId(last);
        Bson there = isAscending(asked) ? Filters.gt("_id", key) : Filters.lt("_id", key);
        return gathered(found(wording.datasetId(), Filters.and(filter, there), asked, 0, asked.pageSize() + 1))
                .flatMap(items -> total(wording, asked).map(total -> {
                    Page<Item> counted = Page.of(items, total, asked.page(), asked.pageSize());
                    boolean hasNext = items.size() > asked.pageSize();
                    return new Page<>(
                            hasNext ? items.subList(0, asked.pageSize()) : items,
                            total,
                            counted.totalPagesCount(),
                            hasNext,
                            null);
                }));
    }

    private static Mono<List<Item>> gathered(Flux<Item> found) {
        return found.collect(Gathered::new, Gathered::add).map(Gathered::items);
    }

    /** What a page is known by, when its list is in the order of ids; else null. */
    private PagePlaces.@Nullable Place placeOf(Bson filter, Query asked) {
        boolean isById = order(asked).toBsonDocument().getFirstKey().equals("_id");
        String words = isById ? words(filter, asked.filter()) : null;
        return words == null ? null : new PagePlaces.Place(isAscending(asked) + words, asked.pageSize(), asked.page());
    }

    private boolean isAscending(Query asked) {
        return order(asked).toBsonDocument().getNumber("_id").intValue() > 0;
    }

    /** The page beside a place in the order of creation, without totals. Nothing is skipped, so all pages cost the same. */
    Mono<Page<Item>> page(String datasetId, Query asked, Cursor place) {
        if (asked.pageSize() == 0) {
            throw Problem.VALIDATION_FAILED.at("pageSize", "must be at least 1 beside a cursor");
        }
        ObjectId key = new ObjectId(place.key());
        Bson there = place.isAfter() ? Filters.gt("_id", key) : Filters.lt("_id", key);
        return read(items -> items.find(Filters.and(matching(datasetId, asked.filter()), there))
                        .sort(place.isAfter() ? Sorts.ascending("_id") : Sorts.descending("_id"))
                        .limit(asked.pageSize() + 1)
                        .batchSize(asked.pageSize() + 1)
                        .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                .collect(Gathered::new, Gathered::add)
                .map(found -> place.page(found.items(), asked.pageSize(), Item::id));
    }

    /** The items of a page, as long as there is room for them in the memory. */
    private static final class Gathered {

        private static final long MOST = 64L * 1024 * 1024;

        private final List<Item> items = new ArrayList<>();
        private long size;

        void add(Item item) {
            size += item.metadata().size();
            if (size > MOST) {
                throw Problem.QUERY_TOO_EXPENSIVE.at(
                        "pageSize", "items with so much metadata do not fit into one page; ask for fewer");
            }
            items.add(item);
        }

        List<Item> items() {
            return items;
        }
    }

    /** How the database finds a page, and what is joined to it. */
    Mono<QueryPlan> plan(String datasetId, Query asked) {
        return wording(datasetId, asked.filter())
                .flatMap(wording -> plan(datasetId, wording.of(asked.filter()), asked));
    }

    private Mono<QueryPlan> plan(String datasetId, Bson filter, Query asked) {
        Condition.Joined join = Condition.Joined.in(asked.filter());
        return join == null
                ? plan(filter, asked)
                : byAnnotation
                        .unlessMany(datasetId, join.filter(), FEW)
                        .map(itemIds -> plan(Filters.and(filter, Filters.in("_id", objectIds(itemIds))), asked)
                                .zipWith(plan(datasetId, join), (items, found) -> items.joinedTo(found, true)))
                        .defaultIfEmpty(plan(filter, asked)
                                .zipWith(plan(datasetId, join), (items, found) -> items.joinedTo(found, false)))
                        .flatMap(plan -> plan);
    }

    private Mono<QueryPlan> plan(Bson filter, Query asked) {
        Document command = asked.pageSize() == 0
                ? new Document("count", mongo.getCollectionName(Item.class)).append("query", filter.toBsonDocument())
                : new Document("find", mongo.getCollectionName(Item.class))
                        .append("filter", filter.toBsonDocument())
                        .append("sort", order(asked))
                        .append("skip", offset(asked))
                        .append("limit", asked.pageSize());
        return explained(command)
                .map(explained -> QueryPlan.of(explained, asked))
                .onErrorResume(Items::isRefusal, unknown -> Mono.just(QueryPlan.untold(asked)));
    }

    private Mono<QueryPlan> plan(String datasetId, Condition.Joined join) {
        return explained(byAnnotation.commandOf(datasetId, join.filter(), FEW))
                .map(explained -> QueryPlan.ofJoined(explained, join.filter()))
                .onErrorResume(Items::isRefusal, unknown -> Mono.just(QueryPlan.untoldJoined(join.filter())));
    }

    private Mono<Document> explained(Document command) {
        return explain(command, "executionStats")
                .onErrorResume(Items::isOutOfTime, slow -> explain(command, "queryPlanner"));
    }

    private Mono<Document> explain(Document command, String verbosity) {
        return mongo.executeCommand(
                new Document("explain", command).append("verbosity", verbosity).append("maxTimeMS", mostMillis));
    }

    private static boolean isOutOfTime(Throwable failure) {
        return failure.getCause() instanceof MongoExecutionTimeoutException;
    }

    private static boolean isRefusal(Throwable failure) {
        return failure.getCause() instanceof MongoCommandException;
    }

    /** A page that is neither full nor empty is the last and tells the total; otherwise the database counts. */
    private Mono<Long> total(Wording wording, Query asked, int found) {
        boolean isLast = found < asked.pageSize() && (found > 0 || asked.page() == 0);
        return isLast ? Mono.just(asked.offset() + found) : total(wording, asked);
    }

    private Mono<Long> total(Wording wording, Query asked) {
        String datasetId = wording.datasetId();
        return totals.of(datasetId, wording.revision(), asked.filter(), new Totals.Counting() {

            @Override
            public Mono<Long> count(Condition condition) {
                CountedFiles files = CountedFiles.of(condition);
                return files == null
                        ? Items.this.count(datasetId, condition, wording.of(condition))
                        : counts.of(datasetId, files.from(), files.to()).map(files::in);
            }

            @Override
            public @Nullable String worded(Condition condition) {
                return words(wording.of(condition), condition);
            }
        });
    }

    /** A filter in words that no other has; null when they are too many to be kept. */
    private static @Nullable String words(Bson filter, Condition condition) {
        Condition.Joined join = Condition.Joined.in(condition);
        String words = filter.toBsonDocument().toJson() + (join == null ? "" : join);
        return words.length() > LONGEST_KEPT ? null : words;
    }

    /**
     * What is found, of it those that match what is joined to them. Where few annotations match, only their items are looked
     * at; else items are, in their order, until there are enough.
     */
    private Flux<Item> found(String datasetId, Bson filter, Query asked, int skipped, int limit) {
        Condition.Joined join = Condition.Joined.in(asked.filter());
        if (join == null) {
            return found(filter, asked, skipped, limit);
        }
        int batch = Math.max(JOINED_AT_LEAST, Math.min(limit, JOINED_AT_ONCE));
        return byAnnotation
                .unlessMany(datasetId, join.filter(), FEW)
                .map(itemIds ->
                        found(Filters.and(filter, Filters.in("_id", objectIds(itemIds))), asked, skipped, limit))
                .defaultIfEmpty(joined(candidates(filter, asked, batch), asked.filter(), Item::id, batch)
                        .skip(skipped)
                        .take(limit))
                .flatMapMany(found -> found);
    }

    private Flux<Item> candidates(Bson filter, Query asked, int batch) {
        return read(items ->
                items.find(filter).sort(order(asked)).batchSize(batch).maxTime(mostMillis, TimeUnit.MILLISECONDS));
    }

    /** Those of them that match what is joined to them, in their order. */
    private <T> Flux<T> joined(Flux<T> found, Condition condition, Function<T, String> idOf) {
        return joined(found, condition, idOf, JOINED_AT_ONCE);
    }

    private <T> Flux<T> joined(Flux<T> found, Condition condition, Function<T, String> idOf, int batch) {
        Condition.Joined join = Condition.Joined.in(condition);
        return join == null
                ? found
                : found.buffer(batch)
                        .concatMap(
                                some -> byAnnotation
                                        .among(some.stream().map(idOf).toList(), join.filter())
                                        .collect(Collectors.toSet())
                                        .flatMapIterable(having -> some.stream()
                                                .filter(one -> having.contains(idOf.apply(one)))
                                                .toList()),
                                1);
    }

    /** How many items the filter finds, of them those that match what is joined to them. */
    private Mono<Long> count(String datasetId, Condition condition, Bson filter) {
        Condition.Joined join = Condition.Joined.in(condition);
        return join == null
                ? count(filter)
                : byAnnotation
                        .all(datasetId, join.filter())
                        .buffer(STREAM_BATCH)
                        .concatMap(ids -> count(Filters.and(filter, Filters.in("_id", objectIds(ids)))), 1)
                        .reduce(0L, Long::sum);
    }

    private Flux<Item> found(Bson filter, Query asked, int skipped, int limit) {
        return read(items -> items.find(filter)
                .sort(order(asked))
                .skip(skipped)
                .limit(limit)
                .batchSize(limit)
                .maxTime(mostMillis, TimeUnit.MILLISECONDS));
    }

    private Bson order(Query asked) {
        return filters.order(asked.sort().stream().map(Items::byIdForByTime).toList());
    }

    private static int offset(Query asked) {
        return (int) Math.min(Integer.MAX_VALUE, asked.offset());
    }

    /**
     * Ids rise with the time of creation, and the SDK, asked to sort by that time, goes on by id (contract core §9.2):
     * only one order of both leaves nothing out between two pages.
     */
    private static Query.SortKey byIdForByTime(Query.SortKey key) {
        return key.path().equals("createdAt") ? new Query.SortKey("id", key.ascending()) : key;
    }

    private Mono<Long> count(Bson filter) {
        return mongo.execute(
                        Item.class,
                        items -> items.countDocuments(
                                filter, new CountOptions().maxTime(mostMillis, TimeUnit.MILLISECONDS)))
                .next();
    }

    /** All that match, in the order of ids or against it, read as fast as they are taken. */
    Flux<Item> all(String datasetId, Condition condition, boolean ascending) {
        return joined(
                all(matching(datasetId, condition), ascending ? Sorts.ascending("_id") : Sorts.descending("_id")),
                condition,
                Item::id);
    }

    /**
     * A part of what matches in a dataset, in the order of ids, read as fast as it is taken.
     *
     * @param after the id it begins behind; null for the beginning
     * @param upTo the highest id in it
     */
    Flux<Item> all(String datasetId, Condition condition, @Nullable String after, String upTo) {
        return joined(
                all(Filters.and(matching(datasetId, condition), between(after, upTo)), Sorts.ascending("_id")),
                condition,
                Item::id);
    }

    private Flux<Item> all(Bson filter, Bson order) {
        return read(items -> items.find(filter)
                .sort(order)
                .batchSize(STREAM_BATCH)
                .maxTime(STREAM_TIME.toMinutes(), TimeUnit.MINUTES));
    }

    /** The ids of all that match, in the order of their creation, read as fast as they are taken. */
    Flux<String> idsOf(String datasetId, Condition condition) {
        return joined(ids(matching(datasetId, condition)), condition, itemId -> itemId);
    }

    /** Those of the items of a dataset that match. */
    Flux<String> idsOf(String datasetId, Condition condition, Collection<String> itemIds) {
        return ids(Filters.and(matching(datasetId, condition), Filters.in("_id", objectIds(itemIds))));
    }

    /** As {@link #idsOf(String, Condition)}, of a part of them ({@link #all(String, Condition, String, String)}). */
    Flux<String> idsOf(String datasetId, Condition condition, @Nullable String after, String upTo) {
        return joined(
                ids(Filters.and(matching(datasetId, condition), between(after, upTo))), condition, itemId -> itemId);
    }

    /** Everything below a directory, a parent always before its children. */
    Flux<Item> below(String datasetId, ItemPath directory) {
        return stream(belowFilter(datasetId, directory), Sorts.ascending(FILENAME));
    }

    private static Bson belowFilter(String datasetId, ItemPath directory) {
        return Filters.and(dataset(datasetId), Filters.regex(FILENAME, prefixOf(directory)));
    }

    private static Pattern prefixOf(ItemPath directory) {
        return Pattern.compile("^" + Pattern.quote(directory.value() + "/"));
    }

    /** All directories of a dataset, a parent always before its children. */
    Flux<Item> directories(String datasetId) {
        return stream(Filters.and(dataset(datasetId), Filters.eq("type", Item.DIRECTORY)), Sorts.ascending(FILENAME));
    }

    /** Directories that somebody moved before then and that wait for what is in them. */
    Flux<Item> directoriesOnTheirWay(Instant before) {
        return stream(
                Filters.and(Filters.exists("movedFrom"), Filters.lt(UPDATED_AT, Date.from(before))),
                Sorts.ascending("_id"));
    }

    private Flux<Item> stream(Bson filter, Bson order) {
        return read(items -> items.find(filter).sort(order).maxTime(STREAM_TIME.toMinutes(), TimeUnit.MINUTES));
    }

    /** What matches in a dataset and has no higher id. */
    Mono<Long> count(String datasetId, Condition condition, String upTo) {
        return count(datasetId, condition, null, upTo);
    }

    /** As many as {@link #entries(String, Condition, String, String)} finds. */
    Mono<Long> count(String datasetId, Condition condition, @Nullable String after, String upTo) {
        return count(datasetId, condition, Filters.and(matching(datasetId, condition), between(after, upTo)));
    }

    /** Everything below a directory. */
    Mono<Long> countBelow(String datasetId, ItemPath directory) {
        return count(belowFilter(datasetId, directory));
    }

    @Override
    public Mono<Boolean> exist(String sha256) {
        return mongo.exists(query(where(SHA256).is(sha256)), Item.class)
                .flatMap(named -> named
                        ? Mono.just(true)
                        : mongo.exists(query(where(SHA256).is(sha256)), ItemRevision.class));
    }

    @Override
    public Mono<Set<String>> named(Collection<String> digests) {
        return new ItemContents(mongo).named(digests);
    }

    private Flux<String> ids(Bson filter) {
        return mongo.execute(
                        Item.class,
                        items -> items.find(filter)
                                .projection(Projections.include("_id"))
                                .sort(Sorts.ascending("_id"))
                                .maxTime(STREAM_TIME.toMinutes(), TimeUnit.MINUTES))
                .map(document -> document.getObjectId("_id").toHexString());
    }

    private Bson matching(String datasetId, Condition condition) {
        return Filters.and(dataset(datasetId), filters.of(condition));
    }

    private static Bson dataset(String datasetId) {
        return Filters.eq(DATASET_ID, new ObjectId(datasetId));
    }
}
