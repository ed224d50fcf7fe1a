package io.sluice.datasetservice.dataset;

import com.mongodb.client.model.CountOptions;
import com.mongodb.client.model.Filters;
import io.sluice.datasetservice.project.Membership;
import io.sluice.datasetservice.project.ProjectAccess;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.error.Problem;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.FieldMapping.Field;
import io.sluice.kit.query.FieldMapping.Type;
import io.sluice.kit.query.MongoFilter;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Finds datasets in the projects that the caller is a member of (contract core §4.3, §9). */
@Component
class DatasetSearch {

    private static final Map<String, Field> FIELDS = Map.of(
            "id", new Field("_id", Type.ID),
            "name", new Field("name", Type.JSON),
            "creator", new Field("creator", Type.JSON),
            "projects", new Field("projectId", Type.JSON),
            "createdAt", new Field("createdAt", Type.DATE),
            "updatedAt", new Field("updatedAt", Type.DATE),
            "updatedBy", new Field("updatedBy", Type.JSON),
            "readonly", new Field("readonly", Type.FLAG),
            "driver", new Field("driver", Type.JSON),
            "indexDriver", new Field("indexDriver", Type.JSON));
    /** In a reply, but kept by item-service. */
    private static final Set<String> COUNTED = Set.of("itemsCount", "annotated", "annotationsCount");

    private final ReactiveMongoTemplate mongo;
    private final ProjectAccess projects;
    private final DatasetViews views;
    private final long mostMillis;
    private final MongoFilter filters = new MongoFilter(DatasetSearch::field);

    DatasetSearch(ReactiveMongoTemplate mongo, ProjectAccess projects, DatasetViews views, QueryLimits limits) {
        this.mongo = mongo;
        this.projects = projects;
        this.views = views;
        this.mostMillis = limits.time().toMillis();
    }

    /** One page of what a query asks for. */
    Mono<Page<DatasetView>> page(Caller caller, Query query, String api) {
        return scope(caller, query.projects(), query.systemSpace()).flatMap(scope -> {
            Bson filter = Filters.and(scope, among(query.datasets()), filters.of(query.filter()));
            Mono<Long> total = mongo.execute(
                            Dataset.class,
                            datasets -> datasets.countDocuments(
                                    filter, new CountOptions().maxTime(mostMillis, TimeUnit.MILLISECONDS)))
                    .single();
            Mono<List<DatasetView>> items = query.pageSize() == 0
                    ? Mono.just(List.of())
                    : found(filter, query).collectList().flatMap(some -> views.of(some, api));
            return Mono.zip(items, total, (some, all) -> Page.of(some, all, query.page(), query.pageSize()));
        });
    }

    private Flux<Dataset> found(Bson filter, Query query) {
        if (query.offset() > Integer.MAX_VALUE) {
            return Flux.empty();
        }
        return mongo.execute(
                        Dataset.class,
                        datasets -> datasets.find(filter)
                                .sort(filters.order(query.sort()))
                                .skip((int) query.offset())
                                .limit(query.pageSize())
                                .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                .map(this::dataset);
    }

    /** All datasets of these projects, or of all when there are none. */
    Flux<Dataset> all(Caller caller, List<String> projectIds, boolean withSystem, Bson filter) {
        return scope(caller, projectIds, withSystem)
                .flatMapMany(scope -> mongo.execute(
                        Dataset.class,
                        datasets -> datasets.find(Filters.and(scope, filter))
                                .sort(new Document("_id", 1))
                                .maxTime(mostMillis, TimeUnit.MILLISECONDS)))
                .map(this::dataset);
    }

    private Dataset dataset(Document document) {
        return mongo.getConverter().read(Dataset.class, document);
    }

    private Mono<Bson> scope(Caller caller, List<String> projectIdsAsked, boolean withSystem) {
        Set<String> asked = Set.copyOf(projectIdsAsked);
        return projects.all(caller, Permission.READ_DATASET)
                .map(Membership::project)
                .map(project -> project.id())
                .filter(projectId -> asked.isEmpty() || asked.contains(projectId))
                .collectList()
                .map(projectIds -> {
                    Bson alive = Filters.and(Filters.in("projectId", projectIds), Filters.eq("deletion", null));
                    return withSystem ? alive : Filters.and(alive, Filters.ne("system", true));
                });
    }

    /** The SDK's own tests name projects where a context asks for datasets (contract core §4.1), so both are looked at. */
    private static Bson among(List<String> ids) {
        if (ids.isEmpty()) {
            return new Document();
        }
        List<ObjectId> datasets = new ArrayList<>();
        ids.stream().filter(ObjectId::isValid).forEach(id -> datasets.add(new ObjectId(id)));
        return Filters.or(Filters.in("_id", datasets), Filters.in("projectId", ids));
    }

    private static @Nullable Field field(String path) {
        if (COUNTED.contains(path)) {
            throw Problem.UNSUPPORTED.at(path, "cannot be asked for or sorted by");
        }
        if (path.startsWith("metadata.") || path.startsWith("expirationOptions.")) {
            return Field.ofClientJson(path);
        }
        return FIELDS.get(path);
    }
}
