package io.sluice.modelservice.model;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import com.mongodb.client.model.CountOptions;
import com.mongodb.client.model.Filters;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.FieldMapping.Field;
import io.sluice.kit.query.FieldMapping.Type;
import io.sluice.kit.query.MongoFilter;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryLimits;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.stereotype.Repository;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.server.ServerWebInputException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The stored models. Everything but a look-up by id takes the projects. */
@Repository
class Models implements OfProject {

    /** The largest model without its files, in bytes of JSON: 2 MiB. */
    static final int LARGEST = 2 * 1024 * 1024;

    private static final String PROJECT_ID = "projectId";
    private static final String CONFIGURATION = "configuration";
    private static final String METADATA = "metadata";
    private static final String SYSTEM = "system";
    private static final String APP_ID = "content.app.id";

    private final ReactiveMongoTemplate mongo;
    private final JsonMapper json;
    private final Clock clock;
    private final long mostMillis;
    private final MongoFilter filters = new MongoFilter(Models::field);

    Models(ReactiveMongoTemplate mongo, JsonMapper json, Clock clock, QueryLimits limits) {
        this.mongo = mongo;
        this.json = json;
        this.clock = clock;
        this.mostMillis = limits.time().toMillis();
    }

    ModelContent content(Model model) {
        return json.convertValue(model.content(), ModelContent.class);
    }

    /** What a client said of a new model; members of the platform's are left out. */
    ModelContent said(Map<String, @Nullable Object> body) {
        return read(new JsonObject(known(body)));
    }

    /**
     * A model as it would be with a change. Members that only the platform sets are ignored, for the SDK sends all of them.
     *
     * @param isMergePatch whether objects merge (RFC 7396); else {@code configuration} and the members of {@code metadata}
     *     come whole, as the SDK sends them: what is not among them is gone
     * @param withSystem whether {@code metadata.system} may be changed; else what is said of it is ignored
     */
    ModelContent changed(Model model, Map<String, @Nullable Object> change, boolean isMergePatch, boolean withSystem) {
        JsonObject before = model.content();
        Map<String, @Nullable Object> members = known(change);
        if (!withSystem && members.get(METADATA) instanceof Map<?, ?>) {
            members.put(
                    METADATA,
                    new JsonObject(object(members.get(METADATA)))
                            .without(SYSTEM)
                            .members());
        }
        if (isMergePatch) {
            return read(before.merged(members));
        }
        JsonObject after = before;
        for (Map.Entry<String, @Nullable Object> member : members.entrySet()) {
            Object value = member.getValue();
            if (member.getKey().equals(METADATA) && value instanceof Map<?, ?>) {
                Map<String, @Nullable Object> metadata =
                        new LinkedHashMap<>(before.object(METADATA).members());
                metadata.putAll(object(value));
                value = metadata;
            }
            after = after.with(member.getKey(), value);
        }
        return read(after);
    }

    /** A model as it would be with another file to run. */
    ModelContent running(Model model, RunnableFile file) {
        RunnableFile before = model.runnable();
        List<JsonObject> artifacts =
                new ArrayList<>(Objects.requireNonNull(content(model).artifacts()));
        artifacts.removeIf(artifact -> {
            Object itemId = artifact.members().get("itemId");
            return file.itemId().equals(itemId)
                    || before != null && before.itemId().equals(itemId);
        });
        artifacts.add(new JsonObject(Map.of("type", "item", "itemId", file.itemId())));
        return read(model.content().with("artifacts", artifacts));
    }

    private static Map<String, @Nullable Object> known(Map<String, @Nullable Object> body) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>(body);
        members.keySet().retainAll(ModelContent.MEMBERS);
        return members;
    }

    @SuppressWarnings("unchecked") // The keys of a JSON object are texts.
    private static Map<String, @Nullable Object> object(@Nullable Object value) {
        return (Map<String, @Nullable Object>) Objects.requireNonNull(value);
    }

    ModelContent read(JsonObject members) {
        try {
            return json.convertValue(members, ModelContent.class).checked();
        } catch (JacksonException otherKind) {
            throw new ServerWebInputException("This is no model", null, otherKind);
        }
    }

    /** Empty for a malformed id, too: it is the id of nothing. */
    Mono<Model> find(String id) {
        return ObjectId.isValid(id) ? mongo.findById(id, Model.class) : Mono.empty();
    }

    Mono<Model> create(
            ModelContent content,
            Optional<RunnableFile> runnable,
            String projectId,
            @Nullable String organizationId,
            Caller caller) {
        Instant now = clock.instant();
        return mongo.insert(new Model(
                        ObjectId.get().toHexString(),
                        0,
                        projectId,
                        organizationId,
                        Model.uniqueName(projectId, content.wholeName()),
                        stored(content),
                        runnable.orElse(null),
                        List.of(status(content, now, caller)),
                        caller.userId(),
                        now,
                        caller.userId(),
                        now))
                .onErrorMap(DuplicateKeyException.class, taken -> taken());
    }

    /** Fails with {@code OptimisticLockingFailureException} when it was changed or deleted since it was read. */
    Mono<Model> change(Model model, ModelContent content, Optional<RunnableFile> runnable, Caller caller) {
        Instant now = clock.instant();
        boolean isOtherStatus = !Objects.equals(content.status(), content(model).status());
        List<Model.StatusChange> logs = isOtherStatus
                ? Stream.concat(model.statusLogs().stream(), Stream.of(status(content, now, caller)))
                        .skip(Math.max(0, model.statusLogs().size() + 1 - Model.MOST_STATUS_LOGS))
                        .toList()
                : model.statusLogs();
        return mongo.save(new Model(
                        model.id(),
                        model.version(),
                        model.projectId(),
                        model.organizationId(),
                        Model.uniqueName(model.projectId(), content.wholeName()),
                        stored(content),
                        runnable.orElse(null),
                        logs,
                        model.creator(),
                        model.createdAt(),
                        caller.userId(),
                        now))
                .onErrorMap(DuplicateKeyException.class, taken -> taken());
    }

    private static Model.StatusChange status(ModelContent content, Instant now, Caller caller) {
        return new Model.StatusChange(Objects.requireNonNull(content.status()), now, caller.userId());
    }

    /** Fails as {@link #change} does. */
    Mono<Void> delete(Model model) {
        return mongo.remove(model).then();
    }

    /** Empty when no model of the project has the name. */
    Mono<Model> named(String projectId, String name) {
        return mongo.findOne(query(where("uniqueName").is(Model.uniqueName(projectId, name))), Model.class);
    }

    /** Those that came with an app or were made of one of its components. */
    Flux<Model> ofApp(String projectId, String appId) {
        return mongo.find(query(ofApp(appId).and(PROJECT_ID).is(new ObjectId(projectId))), Model.class);
    }

    /** One of those that a component of an app became. */
    Mono<Model> ofComponent(String projectId, String appId, String component) {
        return mongo.findOne(
                query(ofApp(appId)
                        .and(PROJECT_ID)
                        .is(new ObjectId(projectId))
                        .and("content.app.componentName")
                        .is(component)),
                Model.class);
    }

    /** They are no app's any more. */
    Mono<Void> leave(String projectId, String appId) {
        return mongo.updateMulti(
                        query(ofApp(appId).and(PROJECT_ID).is(new ObjectId(projectId))),
                        new Update().unset(APP_ID).inc("version", 1),
                        Model.class)
                .then();
    }

    private static Criteria ofApp(String appId) {
        return where(APP_ID).is(appId);
    }

    @Override
    public Mono<Void> deleteOfProject(String projectId) {
        return mongo.execute(Model.class, all -> all.deleteMany(ofProjects(List.of(projectId))))
                .then();
    }

    /** One page and how many match in all. */
    Mono<Page<Model>> page(Collection<String> projectIds, Query asked) {
        Bson filter = Filters.and(ofProjects(projectIds), filters.of(asked.filter()));
        Mono<Long> total = mongo.execute(
                        Model.class,
                        all -> all.countDocuments(
                                filter, new CountOptions().maxTime(mostMillis, TimeUnit.MILLISECONDS)))
                .next();
        Flux<Model> found = asked.pageSize() == 0
                ? Flux.empty()
                : mongo.execute(
                                Model.class,
                                all -> all.find(filter)
                                        .sort(filters.order(asked.sort()))
                                        .skip((int) Math.min(Integer.MAX_VALUE, asked.offset()))
                                        .limit(asked.pageSize())
                                        .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                        .map(document -> mongo.getConverter().read(Model.class, document));
        return found.collectList()
                .zipWith(total, (models, count) -> Page.of(models, count, asked.page(), asked.pageSize()));
    }

    private static Bson ofProjects(Collection<String> projectIds) {
        return Filters.in(
                PROJECT_ID,
                projectIds.stream().filter(ObjectId::isValid).map(ObjectId::new).toList());
    }

    private static @Nullable Field field(String path) {
        return switch (path) {
            case "id" -> new Field("_id", Type.ID);
            case PROJECT_ID, "context.project" -> new Field(PROJECT_ID, Type.ID);
            case "context.org" -> new Field("organizationId", Type.JSON);
            case "creator", "context.creator" -> new Field("creator", Type.JSON);
            case "updatedBy" -> new Field(path, Type.JSON);
            case "createdAt", "updatedAt" -> new Field(path, Type.DATE);
            default -> {
                int dot = path.indexOf('.');
                yield ModelContent.MEMBERS.contains(dot < 0 ? path : path.substring(0, dot))
                        ? Field.ofClientJson("content." + path)
                        : null;
            }
        };
    }

    private JsonObject stored(ModelContent content) {
        JsonObject stored = json.convertValue(content, JsonObject.class);
        JsonObject.requireStorable("model", stored.members());
        if (json.writeValueAsBytes(stored).length > LARGEST) {
            throw Problem.CONTENT_TOO_LARGE.at(
                    CONFIGURATION, "with all the rest of the model is larger than " + LARGEST + " bytes");
        }
        return stored;
    }

    private static ErrorResponseException taken() {
        return Problem.NAME_TAKEN.at("name", "is the name of another model of the project");
    }
}
