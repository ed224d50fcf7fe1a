package io.sluice.itemservice.annotation;

import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import io.sluice.kit.query.Condition;
import io.sluice.kit.query.MongoFilter;
import io.sluice.kit.query.QueryLimits;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Which items have annotations that match. */
@Repository
public class ItemsByAnnotation {

    private static final String ITEM_ID = "itemId";
    private static final Bson ONLY_ITEM = Projections.fields(Projections.include(ITEM_ID), Projections.excludeId());

    private final ReactiveMongoTemplate mongo;
    private final long mostMillis;
    private final MongoFilter filters = new MongoFilter(AnnotationFields.MAPPING);

    public ItemsByAnnotation(ReactiveMongoTemplate mongo, QueryLimits limits) {
        this.mongo = mongo;
        this.mostMillis = limits.time().toMillis();
    }

    /** Those of the items that have one that matches. */
    public Flux<String> among(Collection<String> itemIds, Condition condition) {
        Bson filter = Filters.and(
                Filters.in(ITEM_ID, itemIds.stream().map(ObjectId::new).toList()), filters.of(condition));
        return mongo.execute(
                        Annotation.class,
                        all -> all.distinct(ITEM_ID, filter, ObjectId.class).maxTime(mostMillis, TimeUnit.MILLISECONDS))
                .map(ObjectId::toHexString);
    }

    /** All items of a dataset that have some that match; empty when more than so many annotations match. */
    public Mono<List<String>> unlessMany(String datasetId, Condition condition, int most) {
        return mongo.execute(
                        Annotation.class,
                        all -> all.find(matching(datasetId, condition))
                                .projection(ONLY_ITEM)
                                .limit(most + 1)
                                .batchSize(most + 1)
                                .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                .map(document -> document.getObjectId(ITEM_ID).toHexString())
                .collectList()
                .filter(found -> found.size() <= most)
                .map(found -> found.stream().distinct().toList());
    }

    /** The command by which the database is asked for {@link #unlessMany}, so that it can be asked how it does that. */
    public Document commandOf(String datasetId, Condition condition, int most) {
        return new Document("find", mongo.getCollectionName(Annotation.class))
                .append("filter", matching(datasetId, condition).toBsonDocument())
                .append("projection", ONLY_ITEM.toBsonDocument())
                .append("limit", most + 1);
    }

    /** All items of a dataset that have some that match, each once. */
    public Flux<String> all(String datasetId, Condition condition) {
        return mongo.execute(
                        Annotation.class,
                        all -> all.aggregate(List.of(
                                        Aggregates.match(matching(datasetId, condition)),
                                        Aggregates.group("$" + ITEM_ID)))
                                .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                .map(document -> document.getObjectId("_id").toHexString());
    }

    private Bson matching(String datasetId, Condition condition) {
        return Filters.and(Filters.eq("datasetId", new ObjectId(datasetId)), filters.of(condition));
    }
}
