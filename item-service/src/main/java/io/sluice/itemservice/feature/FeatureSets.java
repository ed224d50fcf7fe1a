package io.sluice.itemservice.feature;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import com.mongodb.client.model.CountOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.MongoFilter;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryLimits;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The stored feature sets. Everything but a look-up by id takes the projects. */
@Repository
class FeatureSets {

    private static final String PROJECT_ID = "projectId";

    private final ReactiveMongoTemplate mongo;
    private final long mostMillis;
    private final MongoFilter filters = new MongoFilter(FeatureFields.OF_SETS);

    FeatureSets(ReactiveMongoTemplate mongo, QueryLimits limits) {
        this.mongo = mongo;
        this.mostMillis = limits.time().toMillis();
    }

    /** Empty for a malformed id, too: it is the id of nothing. */
    Mono<FeatureSet> find(String setId) {
        return ObjectId.isValid(setId) ? mongo.findById(setId, FeatureSet.class) : Mono.empty();
    }

    /** Those of items that a model makes the vectors of. */
    Flux<FeatureSet> ofModel(String projectId, String modelId) {
        return mongo.find(
                query(where(PROJECT_ID)
                        .is(new ObjectId(projectId))
                        .and("modelId")
                        .is(modelId)
                        .and("entityType")
                        .is(EntityType.ITEM.wireName())),
                FeatureSet.class);
    }

    /** Fails with {@code DuplicateKeyException} when the project has a set of that name. */
    Mono<FeatureSet> insert(FeatureSet set) {
        return mongo.insert(set);
    }

    /** Fails with {@code OptimisticLockingFailureException} when it was changed or deleted since it was read. */
    Mono<FeatureSet> save(FeatureSet set) {
        return mongo.save(set);
    }

    Mono<Void> delete(Collection<String> setIds) {
        return mongo.execute(FeatureSet.class, all -> all.deleteMany(Filters.in("_id", objectIds(setIds))))
                .then();
    }

    Mono<Void> deleteOfProject(String projectId) {
        return mongo.execute(FeatureSet.class, all -> all.deleteMany(ofProjects(List.of(projectId))))
                .then();
    }

    /** Those of the ids that are there. */
    Flux<String> existing(Collection<String> setIds) {
        return mongo.execute(
                        FeatureSet.class,
                        all -> all.find(Filters.in("_id", objectIds(setIds))).projection(Projections.include("_id")))
                .map(document -> document.getObjectId("_id").toHexString());
    }

    /** One page and how many match in all. */
    Mono<Page<FeatureSet>> page(Collection<String> projectIds, Query asked) {
        Bson filter = Filters.and(ofProjects(projectIds), filters.of(asked.filter()));
        Mono<Long> total = mongo.execute(
                        FeatureSet.class,
                        all -> all.countDocuments(
                                filter, new CountOptions().maxTime(mostMillis, TimeUnit.MILLISECONDS)))
                .next();
        Flux<FeatureSet> found = asked.pageSize() == 0
                ? Flux.empty()
                : mongo.execute(
                                FeatureSet.class,
                                all -> all.find(filter)
                                        .sort(filters.order(asked.sort()))
                                        .skip((int) Math.min(Integer.MAX_VALUE, asked.offset()))
                                        .limit(asked.pageSize())
                                        .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                        .map(document -> mongo.getConverter().read(FeatureSet.class, document));
        return found.collectList()
                .zipWith(total, (sets, count) -> Page.of(sets, count, asked.page(), asked.pageSize()));
    }

    private static Bson ofProjects(Collection<String> projectIds) {
        return Filters.in(PROJECT_ID, objectIds(projectIds));
    }

    private static List<ObjectId> objectIds(Collection<String> ids) {
        return ids.stream().filter(ObjectId::isValid).map(ObjectId::new).toList();
    }
}
