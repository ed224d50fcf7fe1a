package io.sluice.modelservice.metric;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import com.mongodb.client.model.CountOptions;
import com.mongodb.client.model.Filters;
import io.sluice.kit.command.Command;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.FieldMapping.Field;
import io.sluice.kit.query.FieldMapping.Type;
import io.sluice.kit.query.MongoFilter;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryLimits;
import io.sluice.modelservice.model.Model;
import io.sluice.modelservice.model.ModelDependents;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The stored metrics. */
@Repository
public class Metrics implements ModelDependents {

    private static final int AT_ONCE = 500;
    private static final String MODEL_ID = "modelId";
    private static final String DATASET_ID = "datasetId";
    private static final String PROJECT_ID = "projectId";
    private static final String EXECUTION_ID = "executionId";

    private final ReactiveMongoTemplate mongo;
    private final Clock clock;
    private final long mostMillis;
    private final MongoFilter filters = new MongoFilter(Metrics::field);

    Metrics(ReactiveMongoTemplate mongo, Clock clock, QueryLimits limits) {
        this.mongo = mongo;
        this.clock = clock;
        this.mostMillis = limits.time().toMillis();
    }

    /** Empty for a malformed id, too: it is the id of nothing. */
    Mono<Metric> find(String id) {
        return ObjectId.isValid(id) ? mongo.findById(id, Metric.class) : Mono.empty();
    }

    Mono<Void> insert(Collection<Metric> made) {
        return mongo.insert(made, Metric.class).then();
    }

    Mono<Void> delete(Metric metric) {
        return mongo.remove(metric).then();
    }

    /** How many a model has; no more than some are counted. */
    Mono<Long> count(String modelId, int most) {
        return mongo.count(query(where(MODEL_ID).is(modelId)).limit(most), Metric.class);
    }

    /**
     * Keeps what an evaluation has found, in place of what the last one of the same model with the same dataset had found. Once
     * more is as good as once: the ids follow from the execution, and rise in the order of the points.
     */
    public Mono<Void> replace(Command execution, Model model, Flux<Metric.Point> points) {
        Instant now = clock.instant();
        return points.index((number, point) -> new Metric(
                        idOf(execution, number),
                        model.id(),
                        model.projectId(),
                        model.organizationId(),
                        execution.datasetId(),
                        point.figure(),
                        point.legend(),
                        JsonObject.EMPTY.with("x", point.x()).with("y", point.y()),
                        execution.id(),
                        execution.creator(),
                        now))
                .buffer(AT_ONCE)
                .concatMap(this::insertMissing, 1)
                .then(Mono.defer(() -> deleteFormer(execution, model)));
    }

    /** Those that are there already are the same. What is not stored before the first of these is tried one by one. */
    private Mono<Void> insertMissing(List<Metric> made) {
        return insert(made)
                .onErrorResume(
                        DuplicateKeyException.class,
                        some -> Flux.fromIterable(made)
                                .concatMap(one -> insert(List.of(one))
                                        .onErrorResume(DuplicateKeyException.class, there -> Mono.empty()))
                                .then());
    }

    private Mono<Void> deleteFormer(Command execution, Model model) {
        Criteria former = where(MODEL_ID)
                .is(model.id())
                .and(DATASET_ID)
                .is(execution.datasetId())
                .and(EXECUTION_ID)
                .gt("")
                .ne(execution.id());
        return mongo.remove(query(former), Metric.class).then();
    }

    /** Its second, five bytes that few others of this second share, and the number. */
    private static String idOf(Command execution, long number) {
        ByteBuffer id = ByteBuffer.allocate(12).putInt(new ObjectId(execution.id()).getTimestamp());
        id.put(digest(execution.id()), 0, 5);
        id.put((byte) (number >> 16)).putShort((short) number);
        return new ObjectId(id.array()).toHexString();
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public Mono<Void> deleteOfModel(String modelId) {
        return mongo.remove(query(where(MODEL_ID).is(modelId)), Metric.class).then();
    }

    @Override
    public Mono<Void> deleteOfProject(String projectId) {
        return mongo.remove(query(where(PROJECT_ID).is(projectId)), Metric.class)
                .then();
    }

    /** One page of those of some projects, and how many match in all. */
    Mono<Page<Metric>> page(Collection<String> projectIds, Query asked) {
        Bson filter = Filters.and(Filters.in(PROJECT_ID, projectIds), filters.of(asked.filter()));
        Mono<Long> total = mongo.execute(
                        Metric.class,
                        all -> all.countDocuments(
                                filter, new CountOptions().maxTime(mostMillis, TimeUnit.MILLISECONDS)))
                .next();
        Flux<Metric> found = asked.pageSize() == 0
                ? Flux.empty()
                : mongo.execute(
                                Metric.class,
                                all -> all.find(filter)
                                        .sort(filters.order(asked.sort()))
                                        .skip((int) Math.min(Integer.MAX_VALUE, asked.offset()))
                                        .limit(asked.pageSize())
                                        .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                        .map(document -> mongo.getConverter().read(Metric.class, document));
        return found.collectList()
                .zipWith(total, (page, count) -> Page.of(page, count, asked.page(), asked.pageSize()));
    }

    private static @Nullable Field field(String path) {
        return switch (path) {
            case "id" -> new Field("_id", Type.ID);
            case MODEL_ID, DATASET_ID, EXECUTION_ID, "figure", "legend", "creator" -> new Field(path, Type.JSON);
            case "context.creator" -> new Field("creator", Type.JSON);
            case PROJECT_ID, "context.project" -> new Field(PROJECT_ID, Type.JSON);
            case "createdAt", "updatedAt" -> new Field("createdAt", Type.DATE);
            default -> null;
        };
    }
}
