package io.sluice.itemservice.item;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import com.mongodb.client.model.CountOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import io.sluice.itemservice.content.BlobReferences;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.Condition;
import io.sluice.kit.query.MongoFilter;
import io.sluice.kit.query.Query;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The stored items. Everything but a look-up by id takes the dataset. */
@Repository
class Items implements BlobReferences {

    /** What a query may take; more is {@code QUERY_TOO_EXPENSIVE}. */
    private static final Duration QUERY_TIME = Duration.ofSeconds(30);

    private static final String DATASET_ID = "datasetId";
    private static final String FILENAME = "filename";

    private final ReactiveMongoTemplate mongo;
    private final MongoFilter filters = new MongoFilter(ItemFields.MAPPING);

    Items(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    /** Empty for a malformed id, too: it is the id of nothing. */
    Mono<Item> find(String itemId) {
        return ObjectId.isValid(itemId) ? mongo.findById(itemId, Item.class) : Mono.empty();
    }

    Mono<Item> findAt(String datasetId, ItemPath path) {
        return mongo.findOne(at(datasetId, List.of(path)), Item.class);
    }

    Flux<Item> findAt(String datasetId, Collection<ItemPath> paths) {
        return mongo.find(at(datasetId, paths), Item.class);
    }

    private static org.springframework.data.mongodb.core.query.Query at(String datasetId, Collection<ItemPath> paths) {
        return query(where(DATASET_ID)
                .is(new ObjectId(datasetId))
                .and(FILENAME)
                .in(paths.stream().map(ItemPath::value).toList()));
    }

    /** Fails with {@code DuplicateKeyException} when the path is taken. */
    Mono<Item> insert(Item item) {
        return mongo.insert(item);
    }

    /** Fails with {@code OptimisticLockingFailureException} when it was changed or deleted since it was read. */
    Mono<Item> save(Item item) {
        return mongo.save(item);
    }

    Mono<Void> delete(Collection<String> itemIds) {
        return mongo.remove(
                        query(where("_id")
                                .in(itemIds.stream().map(ObjectId::new).toList())),
                        Item.class)
                .then();
    }

    /** One page and how many match in all. */
    Mono<Page<Item>> page(String datasetId, Query asked) {
        Bson filter = matching(datasetId, asked.filter());
        if (asked.pageSize() == 0) {
            return count(filter).map(total -> Page.of(List.<Item>of(), total, 0, 0));
        }
        return documents(filter, asked)
                .map(document -> mongo.getConverter().read(Item.class, document))
                .collectList()
                .flatMap(items -> total(filter, asked, items.size())
                        .map(total -> Page.of(items, total, asked.page(), asked.pageSize())));
    }

    /** A first page that is not full tells the total; otherwise the database counts. */
    private Mono<Long> total(Bson filter, Query asked, int found) {
        return asked.page() == 0 && found < asked.pageSize() ? Mono.just((long) found) : count(filter);
    }

    private Flux<Document> documents(Bson filter, Query asked) {
        return mongo.execute(
                Item.class,
                items -> items.find(filter)
                        .sort(filters.order(
                                asked.sort().stream().map(Items::byIdForByTime).toList()))
                        .skip((int) Math.min(Integer.MAX_VALUE, asked.offset()))
                        .limit(asked.pageSize())
                        .batchSize(asked.pageSize())
                        .maxTime(QUERY_TIME.toMillis(), TimeUnit.MILLISECONDS));
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
                                filter, new CountOptions().maxTime(QUERY_TIME.toMillis(), TimeUnit.MILLISECONDS)))
                .next();
    }

    /** The ids of all that match, in the order of their creation, read as fast as they are taken. */
    Flux<String> idsOf(String datasetId, Condition condition) {
        return ids(matching(datasetId, condition));
    }

    /** Everything below a directory, children always before their parent. */
    Flux<Item> below(String datasetId, ItemPath directory) {
        Bson filter = Filters.and(dataset(datasetId), Filters.regex(FILENAME, prefixOf(directory)));
        return mongo.execute(Item.class, items -> items.find(filter).sort(Sorts.descending(FILENAME)))
                .map(document -> mongo.getConverter().read(Item.class, document));
    }

    private static Pattern prefixOf(ItemPath directory) {
        return Pattern.compile("^" + Pattern.quote(directory.value() + "/"));
    }

    /** All directories of a dataset, a parent always before its children. */
    Flux<Item> directories(String datasetId) {
        Bson filter = Filters.and(dataset(datasetId), Filters.eq("type", Item.DIRECTORY));
        return mongo.execute(Item.class, items -> items.find(filter).sort(Sorts.ascending(FILENAME)))
                .map(document -> mongo.getConverter().read(Item.class, document));
    }

    /** Everything in a dataset. */
    Flux<Item> all(String datasetId) {
        return mongo.execute(Item.class, items -> items.find(dataset(datasetId)))
                .map(document -> mongo.getConverter().read(Item.class, document));
    }

    /** Visible files of a dataset. */
    Mono<Long> countFiles(String datasetId) {
        return count(visibleFiles(datasetId));
    }

    /** Visible files of a dataset that have annotations. */
    Mono<Long> countAnnotated(String datasetId) {
        return count(Filters.and(visibleFiles(datasetId), Filters.eq("annotated", true)));
    }

    private static Bson visibleFiles(String datasetId) {
        return Filters.and(dataset(datasetId), Filters.eq("hidden", false), Filters.eq("type", Item.FILE));
    }

    @Override
    public Mono<Boolean> exist(String sha256) {
        return mongo.exists(query(where("content.sha256").is(sha256)), Item.class);
    }

    private Flux<String> ids(Bson filter) {
        return mongo.execute(
                        Item.class,
                        items -> items.find(filter)
                                .projection(Projections.include("_id"))
                                .sort(Sorts.ascending("_id")))
                .map(document -> document.getObjectId("_id").toHexString());
    }

    private Bson matching(String datasetId, Condition condition) {
        return Filters.and(dataset(datasetId), filters.of(condition));
    }

    private static Bson dataset(String datasetId) {
        return Filters.eq(DATASET_ID, new ObjectId(datasetId));
    }
}
