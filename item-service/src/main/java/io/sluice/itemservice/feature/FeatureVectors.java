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
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The stored vectors. Everything but a look-up by id takes the projects, the set or what they belong to. */
@Repository
class FeatureVectors {

    private static final int MOST_READ_AHEAD = 1_000;
    private static final int BYTES_READ_AHEAD = 4 * 1024 * 1024;

    /** Characters of a filter whose total is remembered. */
    private static final int LONGEST_KEPT = 4_096;

    private final ReactiveMongoTemplate mongo;
    private final long mostMillis;
    private final FeatureChanges changes;
    private final MongoFilter filters = new MongoFilter(FeatureFields.OF_VECTORS);

    FeatureVectors(ReactiveMongoTemplate mongo, FeatureChanges changes, QueryLimits limits) {
        this.mongo = mongo;
        this.changes = changes;
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

    /** What a vector belongs to. */
    record Place(String id, String entityId, String datasetId) {

        private static final Bson FIELDS = Projections.include(FeatureVector.ENTITY_ID, FeatureVector.DATASET_ID);

        private static Place of(Document document) {
            return new Place(
                    document.getObjectId(FeatureVector.ID).toHexString(),
                    document.getObjectId(FeatureVector.ENTITY_ID).toHexString(),
                    document.getObjectId(FeatureVector.DATASET_ID).toHexString());
        }
    }

    /** Those of the ids that are there, in any order, without their numbers. */
    Flux<Place> places(Collection<String> vectorIds) {
        return mongo.execute(
                        FeatureVector.COLLECTION,
                        all -> all.find(Filters.in("_id", objectIds(vectorIds)))
                                .projection(Place.FIELDS)
                                // All in the first answer.
                                .batchSize(vectorIds.size() + 1))
                .map(Place::of);
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
        return changes.around(
                vectors.stream().map(FeatureVector::featureSetId).toList(),
                mongo.execute(FeatureVector.COLLECTION, all -> all.insertMany(documents))
                        .then());
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
        Bson filter = Filters.in(field, objectIds(ids));
        return ids.isEmpty()
                ? Mono.empty()
                : mongo.execute(
                                FeatureVector.COLLECTION,
                                all -> all.distinct(FeatureVector.FEATURE_SET_ID, filter, ObjectId.class))
                        .collectList()
                        .flatMap(setIds -> setIds.isEmpty() ? Mono.empty() : delete(filter, setIds));
    }

    /** Of no other set: whoever adds to one meanwhile looks himself whether what he has added has to go. */
    private Mono<Void> delete(Bson filter, List<ObjectId> setIds) {
        Bson told = Filters.and(filter, Filters.in(FeatureVector.FEATURE_SET_ID, setIds));
        return changes.around(
                setIds.stream().map(ObjectId::toHexString).toList(),
                mongo.execute(FeatureVector.COLLECTION, all -> all.deleteMany(told))
                        .then());
    }

    /** One page and how many match in all. */
    Mono<Page<FeatureVector>> page(Collection<String> projectIds, Query asked) {
        return found(matching(projectIds, asked.filter()), asked)
                .collect(Gathered::new, Gathered::add)
                .flatMap(gathered -> total(projectIds, asked, gathered.vectors.size())
                        .map(total -> Page.of(gathered.vectors, total, asked.page(), asked.pageSize())));
    }

    private Bson matching(Collection<String> projectIds, Condition condition) {
        return Filters.and(Filters.in(FeatureVector.PROJECT_ID, objectIds(projectIds)), filters.of(condition));
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
    private Mono<Long> total(Collection<String> projectIds, Query asked, int found) {
        boolean isLast = found < asked.pageSize() && (found > 0 || asked.page() == 0);
        if (isLast) {
            return Mono.just(asked.offset() + found);
        }
        String setId = setOf(asked.filter());
        return setId == null
                ? count(matching(projectIds, asked.filter()))
                : changes.total(
                        setId,
                        asked.filter(),
                        condition -> count(matching(projectIds, condition)),
                        condition -> words(matching(projectIds, condition)));
    }

    /** The set of all that match; null when there may be several. */
    private static @Nullable String setOf(Condition condition) {
        if (condition instanceof Condition.All all) {
            return all.conditions().stream()
                    .map(FeatureVectors::setOf)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(null);
        }
        return condition instanceof Condition.Test test
                        && test.path().equals(FeatureFields.FEATURE_SET_ID)
                        && test.operator() == Condition.Operator.EQUAL
                        && test.operand() instanceof String setId
                        && ObjectId.isValid(setId)
                ? new ObjectId(setId).toHexString()
                : null;
    }

    private static @Nullable String words(Bson filter) {
        String words = filter.toBsonDocument().toJson();
        return words.length() > LONGEST_KEPT ? null : words;
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
