package io.sluice.itemservice.feature;

import com.mongodb.client.model.Accumulators;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.CountOptions;
import com.mongodb.client.model.Filters;
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
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The stored vectors. Everything but a look-up by id takes the projects, the set or what they belong to. */
@Repository
class FeatureVectors {

    private static final int MOST_READ_AHEAD = 1_000;
    private static final int BYTES_READ_AHEAD = 4 * 1024 * 1024;

    private final ReactiveMongoTemplate mongo;
    private final long mostMillis;
    private final MongoFilter filters = new MongoFilter(FeatureFields.OF_VECTORS);

    FeatureVectors(ReactiveMongoTemplate mongo, QueryLimits limits) {
        this.mongo = mongo;
        this.mostMillis = limits.time().toMillis();
    }

    /** Empty for a malformed id, too: it is the id of nothing. */
    Mono<FeatureVector> find(String vectorId) {
        return ObjectId.isValid(vectorId) ? find(List.of(vectorId)).next() : Mono.empty();
    }

    /** Those of the ids that are there, in any order. */
    Flux<FeatureVector> find(Collection<String> vectorIds) {
        return mongo.execute(FeatureVector.COLLECTION, all -> all.find(Filters.in("_id", objectIds(vectorIds))))
                .map(FeatureVector::of);
    }

    /** Those of entities that match, in the order of their creation. */
    Flux<FeatureVector> ofEntities(Collection<String> entityIds, Condition condition) {
        return mongo.execute(
                        FeatureVector.COLLECTION,
                        all -> all.find(Filters.and(
                                        Filters.in(FeatureVector.ENTITY_ID, objectIds(entityIds)),
                                        filters.of(condition)))
                                .sort(Sorts.ascending("_id"))
                                .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                .map(FeatureVector::of);
    }

    Mono<Void> insert(List<FeatureVector> vectors) {
        List<Document> documents =
                vectors.stream().map(FeatureVector::toDocument).toList();
        return mongo.execute(FeatureVector.COLLECTION, all -> all.insertMany(documents))
                .then();
    }

    /** How many of the ids are there. */
    Mono<Long> countOf(Collection<String> vectorIds) {
        return count(Filters.in("_id", objectIds(vectorIds)));
    }

    Mono<Void> delete(Collection<String> vectorIds) {
        return deleteBy(FeatureVector.ID, vectorIds);
    }

    /** Deletes all that have one of the ids in a field. */
    Mono<Void> deleteBy(String field, Collection<String> ids) {
        return ids.isEmpty()
                ? Mono.empty()
                : mongo.execute(FeatureVector.COLLECTION, all -> all.deleteMany(Filters.in(field, objectIds(ids))))
                        .then();
    }

    /** One page and how many match in all. */
    Mono<Page<FeatureVector>> page(Collection<String> projectIds, Query asked) {
        Bson filter =
                Filters.and(Filters.in(FeatureVector.PROJECT_ID, objectIds(projectIds)), filters.of(asked.filter()));
        return found(filter, asked)
                .collect(Gathered::new, Gathered::add)
                .flatMap(gathered -> total(filter, asked, gathered.vectors.size())
                        .map(total -> Page.of(gathered.vectors, total, asked.page(), asked.pageSize())));
    }

    private Flux<FeatureVector> found(Bson filter, Query asked) {
        Bson order = filters.order(
                asked.sort().stream().map(FeatureVectors::byIdForByTime).toList());
        return asked.pageSize() == 0
                ? Flux.empty()
                : mongo.execute(
                                FeatureVector.COLLECTION,
                                all -> all.find(filter)
                                        .sort(order)
                                        .skip((int) Math.min(Integer.MAX_VALUE, asked.offset()))
                                        .limit(asked.pageSize())
                                        .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                        .map(FeatureVector::of);
    }

    /** As with items, one order of both leaves nothing out between two pages (contract core §9.2). */
    private static Query.SortKey byIdForByTime(Query.SortKey key) {
        return key.path().equals("createdAt") ? new Query.SortKey("id", key.ascending()) : key;
    }

    /** The vectors of a page, as long as there is room for them in the memory. */
    private static final class Gathered {

        private static final long MOST_NUMBERS = 4L * 1024 * 1024;

        private final List<FeatureVector> vectors = new ArrayList<>();
        private long numbers;

        void add(FeatureVector vector) {
            numbers += Packed.count(vector.packed());
            if (numbers > MOST_NUMBERS) {
                throw Problem.QUERY_TOO_EXPENSIVE.at(
                        "pageSize", "vectors as long as these do not fit into one page; ask for fewer");
            }
            vectors.add(vector);
        }
    }

    /** A page that is neither full nor empty is the last and tells the total; otherwise the database counts. */
    private Mono<Long> total(Bson filter, Query asked, int found) {
        boolean isLast = found < asked.pageSize() && (found > 0 || asked.page() == 0);
        return isLast ? Mono.just(asked.offset() + found) : count(filter);
    }

    private Mono<Long> count(Bson filter) {
        return mongo.execute(
                        FeatureVector.COLLECTION,
                        all -> all.countDocuments(
                                filter, new CountOptions().maxTime(mostMillis, TimeUnit.MILLISECONDS)))
                .next();
    }

    /** How many vectors of a set some datasets have. */
    record SetCount(String featureSetId, long count) {}

    /** Which sets the vectors of datasets belong to. */
    Flux<SetCount> countBySet(String projectId, Collection<String> datasetIds) {
        return mongo.execute(
                        FeatureVector.COLLECTION,
                        all -> all.aggregate(List.of(
                                        Aggregates.match(Filters.and(
                                                Filters.in(FeatureVector.DATASET_ID, objectIds(datasetIds)),
                                                Filters.in(FeatureVector.PROJECT_ID, objectIds(List.of(projectId))))),
                                        Aggregates.group(
                                                "$" + FeatureVector.FEATURE_SET_ID, Accumulators.sum("count", 1L))))
                                .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                .map(group -> new SetCount(
                        group.getObjectId("_id").toHexString(),
                        group.get("count", Number.class).longValue()));
    }

    /** The ids and numbers of all vectors of a set that match, as the database sends them, a few megabytes ahead. */
    Flux<RawBsonDocument> numbers(FeatureSet set, Condition condition, Duration longest) {
        Bson filter =
                Filters.and(Filters.eq(FeatureVector.FEATURE_SET_ID, new ObjectId(set.id())), filters.of(condition));
        return mongo.execute(
                FeatureVector.COLLECTION,
                all -> all.find(filter, RawBsonDocument.class)
                        .projection(Projections.include(FeatureVector.PACKED))
                        .batchSize(readAhead(set))
                        .maxTime(longest.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** How many vectors of a set are a few megabytes. */
    static int readAhead(FeatureSet set) {
        return Math.max(1, Math.min(MOST_READ_AHEAD, BYTES_READ_AHEAD / (set.size() * Double.BYTES)));
    }

    private static List<ObjectId> objectIds(Collection<String> ids) {
        return ids.stream().filter(ObjectId::isValid).map(ObjectId::new).toList();
    }
}
