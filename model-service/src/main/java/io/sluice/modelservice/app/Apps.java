package io.sluice.modelservice.app;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import com.mongodb.client.model.CountOptions;
import com.mongodb.client.model.Filters;
import io.sluice.kit.error.Problem;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.FieldMapping.Field;
import io.sluice.kit.query.FieldMapping.Type;
import io.sluice.kit.query.MongoFilter;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryLimits;
import io.sluice.modelservice.dpk.DpkUse;
import io.sluice.modelservice.model.OfProject;
import java.util.Collection;
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

/** The stored apps. Everything but a look-up by id takes the projects. */
@Repository
class Apps implements OfProject, DpkUse {

    /** As many entries as a page may have: each has its DPK in it. */
    static final int LARGEST_PAGE = 100;

    private static final String PROJECT_ID = "projectId";

    private final ReactiveMongoTemplate mongo;
    private final long mostMillis;
    private final MongoFilter filters = new MongoFilter(Apps::field);

    Apps(ReactiveMongoTemplate mongo, QueryLimits limits) {
        this.mongo = mongo;
        this.mostMillis = limits.time().toMillis();
    }

    /** Empty for a malformed id, too: it is the id of nothing. */
    Mono<App> find(String id) {
        return ObjectId.isValid(id) ? mongo.findById(id, App.class) : Mono.empty();
    }

    Mono<App> create(App app) {
        return mongo.insert(app).onErrorMap(DuplicateKeyException.class, Apps::taken);
    }

    /** Fails with {@code OptimisticLockingFailureException} when it was changed or deleted since it was read. */
    Mono<App> change(App app) {
        return mongo.save(app).onErrorMap(DuplicateKeyException.class, Apps::taken);
    }

    private static Exception taken(DuplicateKeyException taken) {
        return Problem.NAME_TAKEN.at("name", "is the name of another app of the project");
    }

    Mono<Void> delete(App app) {
        return mongo.remove(query(where("_id").is(new ObjectId(app.id()))), App.class)
                .then();
    }

    @Override
    public Mono<Void> deleteOfProject(String projectId) {
        return mongo.execute(App.class, all -> all.deleteMany(Filters.eq(PROJECT_ID, new ObjectId(projectId))))
                .then();
    }

    @Override
    public Mono<Boolean> isInstalled(String dpkId, @Nullable String revisionId) {
        Criteria installed = where("dpkId").is(new ObjectId(dpkId));
        return mongo.exists(
                query(
                        revisionId == null
                                ? installed
                                : installed.and("revisionId").is(new ObjectId(revisionId))),
                App.class);
    }

    /** One page and how many match in all. */
    Mono<Page<App>> page(Collection<String> projectIds, Query asked) {
        int size = Math.min(asked.pageSize(), LARGEST_PAGE);
        Bson filter = Filters.and(
                Filters.in(
                        PROJECT_ID,
                        projectIds.stream()
                                .filter(ObjectId::isValid)
                                .map(ObjectId::new)
                                .toList()),
                filters.of(asked.filter()));
        Mono<Long> total = mongo.execute(
                        App.class,
                        all -> all.countDocuments(
                                filter, new CountOptions().maxTime(mostMillis, TimeUnit.MILLISECONDS)))
                .next();
        Flux<App> found = size == 0
                ? Flux.empty()
                : mongo.execute(
                                App.class,
                                all -> all.find(filter)
                                        .sort(filters.order(asked.sort()))
                                        .skip((int) Math.min(Integer.MAX_VALUE, (long) asked.page() * size))
                                        .limit(size)
                                        .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                        .map(document -> mongo.getConverter().read(App.class, document));
        return found.collectList().zipWith(total, (apps, count) -> Page.of(apps, count, asked.page(), size));
    }

    private static @Nullable Field field(String path) {
        return switch (path) {
            case "id" -> new Field("_id", Type.ID);
            case PROJECT_ID, "context.project" -> new Field(PROJECT_ID, Type.ID);
            case "orgId" -> new Field("organizationId", Type.JSON);
            case "dpkId", "dpk.baseId" -> new Field("dpkId", Type.ID);
            case "dpk.id" -> new Field("revisionId", Type.ID);
            case "name", "dpkName", "dpkVersion", "creator", "updatedBy" -> new Field(path, Type.JSON);
            case "createdAt", "updatedAt" -> new Field(path, Type.DATE);
            default -> null;
        };
    }
}
