package io.sluice.modelservice.dpk;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import com.mongodb.client.model.CountOptions;
import com.mongodb.client.model.Filters;
import io.sluice.kit.access.ProjectAccess;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.Conflicts;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.FieldMapping.Field;
import io.sluice.kit.query.FieldMapping.Type;
import io.sluice.kit.query.MongoFilter;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryLimits;
import io.sluice.modelservice.model.OfProject;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.domain.Sort;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** The stored DPKs and their versions. */
@Repository
class Dpks implements OfProject {

    /** As many entries as a page may have: each may be as large as a manifest. */
    static final int LARGEST_PAGE = 100;

    /** As many DPKs of one name as are looked into. */
    private static final int MOST_OF_ONE_NAME = 100;

    private static final String PROJECT_ID = "projectId";
    private static final String ORGANIZATION_ID = "organizationId";
    private static final String CREATED_AT = "createdAt";
    private static final String DPK_ID = "dpkId";
    private static final String VERSION = "version";
    private static final String NAME = "name";

    private final ReactiveMongoTemplate mongo;
    private final JsonMapper json;
    private final Clock clock;
    private final long mostMillis;
    private final MongoFilter filters = new MongoFilter(Dpks::field);
    private final MongoFilter revisionFilters = new MongoFilter(Dpks::fieldOfRevision);

    Dpks(ReactiveMongoTemplate mongo, JsonMapper json, Clock clock, QueryLimits limits) {
        this.mongo = mongo;
        this.json = json;
        this.clock = clock;
        this.mostMillis = limits.time().toMillis();
    }

    /**
     * Adds a version, and makes the DPK when it is its first. The same version with the same content is there already.
     *
     * @return {@link Problem#ALREADY_EXISTS} for a version that has other content, {@link Problem#NAME_TAKEN} when another
     *     project shares a DPK of that name
     */
    Mono<FoundDpk> publish(Manifest manifest, ProjectAccess project, Caller caller) {
        Manifest.requireSmall(json, manifest.about(), manifest.content());
        String organizationId = sharing(manifest.isShared(), project).orElse(null);
        return own(manifest, organizationId, project, caller)
                .flatMap(dpk -> insert(dpk, manifest, caller)
                        .flatMap(revision -> refreshed(
                                        dpk.id(), Optional.of(new Shown(revision.id(), manifest, organizationId)))
                                .onErrorResume(
                                        DuplicateKeyException.class,
                                        taken -> remove(revision).then(Mono.error(() -> taken(manifest))))
                                .switchIfEmpty(Mono.defer(() -> remove(revision)
                                        .then(Mono.error(() -> Problem.CHANGED_MEANWHILE.with(
                                                "The DPK was deleted at the same moment; publish it again")))))
                                .map(found -> new FoundDpk(found, revision))));
    }

    /**
     * The organization to share with; empty for none.
     *
     * @throws org.springframework.web.ErrorResponseException {@link Problem#VALIDATION_FAILED}
     */
    static Optional<String> sharing(boolean isShared, ProjectAccess project) {
        if (!isShared) {
            return Optional.empty();
        }
        String organizationId = project.organizationId();
        if (organizationId == null) {
            throw Problem.VALIDATION_FAILED.at("scope", "cannot be organization: the project belongs to none");
        }
        return Optional.of(organizationId);
    }

    private static Exception taken(Manifest manifest) {
        return Problem.NAME_TAKEN.at(
                NAME, "another project of the organization shares a DPK of the name " + manifest.name());
    }

    private Mono<Dpk> own(Manifest manifest, @Nullable String organizationId, ProjectAccess project, Caller caller) {
        String uniqueName = Dpk.nameIn(project.projectId(), manifest.name());
        Mono<Dpk> known = mongo.findOne(query(where("uniqueName").is(uniqueName)), Dpk.class);
        return known.switchIfEmpty(Mono.defer(() -> {
            Instant now = clock.instant();
            return mongo.insert(new Dpk(
                            ObjectId.get().toHexString(),
                            0,
                            project.projectId(),
                            organizationId,
                            uniqueName,
                            Dpk.nameIn(project.projectId(), organizationId, manifest.name()),
                            manifest.name(),
                            manifest.about(),
                            null,
                            null,
                            caller.userId(),
                            now,
                            now))
                    .onErrorResume(
                            DuplicateKeyException.class,
                            taken -> known.switchIfEmpty(Mono.error(() -> taken(manifest))));
        }));
    }

    private Mono<DpkRevision> insert(Dpk dpk, Manifest manifest, Caller caller) {
        Mono<SemanticVersion> version = manifest.version() != null
                ? Mono.just(manifest.version())
                : highest(dpk.id())
                        .map(revision -> SemanticVersion.of(revision.version())
                                .orElseThrow()
                                .next())
                        .defaultIfEmpty(SemanticVersion.FIRST);
        return version.flatMap(wanted -> mongo.insert(new DpkRevision(
                        ObjectId.get().toHexString(),
                        0,
                        dpk.projectId(),
                        dpk.id(),
                        DpkRevision.uniqueVersion(dpk.id(), wanted.toString()),
                        wanted.toString(),
                        wanted.order(),
                        manifest.content(),
                        caller.userId(),
                        clock.instant()))
                .onErrorResume(
                        DuplicateKeyException.class,
                        taken -> version(dpk.id(), wanted.toString())
                                .filter(revision -> isSame(revision.content(), manifest.content()))
                                .switchIfEmpty(Mono.error(() -> Problem.ALREADY_EXISTS.at(
                                        VERSION, "of the DPK " + dpk.name() + " is published already: " + wanted)))));
    }

    private boolean isSame(JsonObject one, JsonObject other) {
        return json.writeValueAsString(one).equals(json.writeValueAsString(other));
    }

    /** What a new version says of how its DPK is shown. */
    private record Shown(
            String revisionId, Manifest manifest, @Nullable String organizationId) {}

    /** Says again which version is the highest; without one it is deleted. Empty when there is no such DPK. */
    private Mono<Dpk> refreshed(String dpkId, Optional<Shown> shown) {
        return Mono.defer(() -> mongo.findById(dpkId, Dpk.class))
                .flatMap(dpk -> highest(dpkId)
                        .flatMap(highest -> {
                            Instant now = clock.instant();
                            Dpk changed = dpk.with(highest.id(), highest.version(), now);
                            return mongo.save(shown.filter(
                                            new_ -> new_.revisionId().equals(highest.id()))
                                    .map(new_ -> changed.shown(new_.manifest().about(), new_.organizationId(), now))
                                    .orElse(changed));
                        })
                        .switchIfEmpty(Mono.defer(() -> mongo.remove(dpk).then(Mono.empty()))))
                .retryWhen(Conflicts.retried());
    }

    private Mono<DpkRevision> highest(String dpkId) {
        return mongo.findOne(
                query(where(DPK_ID).is(new ObjectId(dpkId)))
                        .with(Sort.by(Sort.Direction.DESC, "order"))
                        .limit(1),
                DpkRevision.class);
    }

    /**
     * Changes how a DPK is shown, and who may have it. Fails with {@code OptimisticLockingFailureException} when it was changed
     * or deleted since it was read.
     */
    Mono<Dpk> show(Dpk dpk, JsonObject about, Optional<String> organizationId) {
        Manifest.requireSmall(json, about);
        return mongo.save(dpk.shown(about, organizationId.orElse(null), clock.instant()))
                .onErrorMap(
                        DuplicateKeyException.class,
                        taken -> Problem.NAME_TAKEN.at(
                                "scope", "another project of the organization shares a DPK of that name"));
    }

    /** Deletes one version. */
    Mono<Void> delete(FoundDpk found) {
        return remove(found.revision())
                .then(refreshed(found.dpk().id(), Optional.empty()))
                .then();
    }

    /** Deletes all versions. */
    Mono<Void> delete(Dpk dpk) {
        return mongo.remove(query(where(DPK_ID).is(new ObjectId(dpk.id()))), DpkRevision.class)
                .then(refreshed(dpk.id(), Optional.empty()))
                .then();
    }

    private Mono<Void> remove(DpkRevision revision) {
        return mongo.remove(revision).then();
    }

    @Override
    public Mono<Void> deleteOfProject(String projectId) {
        Bson ofProject = Filters.eq(PROJECT_ID, new ObjectId(projectId));
        return mongo.execute(DpkRevision.class, all -> all.deleteMany(ofProject))
                .then(mongo.execute(Dpk.class, all -> all.deleteMany(ofProject)).then());
    }

    /** By the id of a version, or that of the DPK, which means its highest version. Empty for what is no id, too. */
    Mono<FoundDpk> find(String id) {
        if (!ObjectId.isValid(id)) {
            return Mono.empty();
        }
        return mongo.findById(id, DpkRevision.class)
                .flatMap(this::ofItsDpk)
                .switchIfEmpty(Mono.defer(() -> mongo.findById(id, Dpk.class).flatMap(this::latest)));
    }

    /** Empty for what is no id, too. */
    Mono<Dpk> findDpk(String id) {
        return ObjectId.isValid(id) ? mongo.findById(id, Dpk.class) : Mono.empty();
    }

    private Mono<FoundDpk> ofItsDpk(DpkRevision revision) {
        return mongo.findById(revision.dpkId(), Dpk.class).map(dpk -> new FoundDpk(dpk, revision));
    }

    private Mono<FoundDpk> latest(Dpk dpk) {
        String latest = dpk.latest();
        return latest == null
                ? Mono.empty()
                : mongo.findById(latest, DpkRevision.class).map(revision -> new FoundDpk(dpk, revision));
    }

    Mono<FoundDpk> find(Dpk dpk, String version) {
        return version(dpk.id(), version).map(revision -> new FoundDpk(dpk, revision));
    }

    private Mono<DpkRevision> version(String dpkId, String version) {
        return mongo.findOne(
                query(where("uniqueVersion").is(DpkRevision.uniqueVersion(dpkId, version))), DpkRevision.class);
    }

    /**
     * What a project can install: its own DPK of that name, or the one that its organization shares.
     *
     * @param version null for the highest
     */
    Mono<FoundDpk> installable(
            String name, @Nullable String version, String projectId, @Nullable String organizationId) {
        Mono<Dpk> own = mongo.findOne(query(where("uniqueName").is(Dpk.nameIn(projectId, name))), Dpk.class);
        Mono<Dpk> shared = organizationId == null
                ? Mono.empty()
                : mongo.findOne(query(where("sharedName").is(Dpk.nameIn(projectId, organizationId, name))), Dpk.class);
        return own.switchIfEmpty(shared).flatMap(dpk -> version == null ? latest(dpk) : find(dpk, version));
    }

    /** Versions by their ids; those that are gone are left out. */
    Mono<Map<String, FoundDpk>> all(Collection<String> revisionIds) {
        if (revisionIds.isEmpty()) {
            return Mono.just(Map.of());
        }
        return byIds(DpkRevision.class, revisionIds)
                .collectList()
                .flatMap(revisions -> byIds(
                                Dpk.class,
                                revisions.stream()
                                        .map(DpkRevision::dpkId)
                                        .distinct()
                                        .toList())
                        .collectMap(Dpk::id)
                        .map(dpks -> revisions.stream()
                                .filter(revision -> dpks.containsKey(revision.dpkId()))
                                .map(revision ->
                                        new FoundDpk(Objects.requireNonNull(dpks.get(revision.dpkId())), revision))
                                .collect(Collectors.toMap(
                                        found -> found.revision().id(), Function.identity()))));
    }

    private <T> Flux<T> byIds(Class<T> type, Collection<String> ids) {
        return ids.isEmpty()
                ? Flux.empty()
                : mongo.find(
                        query(where("_id").in(ids.stream().map(ObjectId::new).toList())), type);
    }

    /** One page of DPKs, each in its highest version, and how many match in all. */
    Mono<Page<FoundDpk>> page(Seen seen, Query asked) {
        Bson filter = Filters.and(seen.filter(), Filters.ne("latest", null), filters.of(asked.filter()));
        return page(Dpk.class, filter, filters, asked)
                .flatMap(page -> all(page.items().stream()
                                .map(Dpk::latest)
                                .flatMap(latest -> Optional.ofNullable(latest).stream())
                                .toList())
                        .map(found -> new Page<>(
                                page.items().stream()
                                        .flatMap(dpk -> Optional.ofNullable(found.get(dpk.latest())).stream())
                                        .toList(),
                                page.totalItemsCount(),
                                page.totalPagesCount(),
                                page.hasNextPage(),
                                null)));
    }

    /** Those of that name. */
    Mono<List<Dpk>> named(Seen seen, String name) {
        return mongo.execute(
                        Dpk.class,
                        all -> all.find(Filters.and(seen.filter(), Filters.eq(NAME, name)))
                                .limit(MOST_OF_ONE_NAME)
                                .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                .map(document -> mongo.getConverter().read(Dpk.class, document))
                .collectList();
    }

    /** One page of the versions of some DPKs, and how many match in all. */
    Mono<Page<FoundDpk>> revisions(List<Dpk> dpks, Query asked) {
        Map<String, Dpk> byId = dpks.stream().collect(Collectors.toMap(Dpk::id, Function.identity()));
        Bson filter = Filters.and(
                Filters.in(DPK_ID, byId.keySet().stream().map(ObjectId::new).toList()),
                revisionFilters.of(asked.filter()));
        return page(DpkRevision.class, filter, revisionFilters, asked)
                .map(page -> page.map(
                        revision -> new FoundDpk(Objects.requireNonNull(byId.get(revision.dpkId())), revision)));
    }

    private <T> Mono<Page<T>> page(Class<T> type, Bson filter, MongoFilter fields, Query asked) {
        int size = Math.min(asked.pageSize(), LARGEST_PAGE);
        Mono<Long> total = mongo.execute(
                        type,
                        all -> all.countDocuments(
                                filter, new CountOptions().maxTime(mostMillis, TimeUnit.MILLISECONDS)))
                .next();
        Flux<T> found = size == 0
                ? Flux.empty()
                : mongo.execute(
                                type,
                                all -> all.find(filter)
                                        .sort(fields.order(asked.sort()))
                                        .skip((int) Math.min(Integer.MAX_VALUE, (long) asked.page() * size))
                                        .limit(size)
                                        .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                        .map(document -> mongo.getConverter().read(type, document));
        return found.collectList().zipWith(total, (entries, count) -> Page.of(entries, count, asked.page(), size));
    }

    /** What somebody may see: the DPKs of projects, and those that organizations share. */
    record Seen(List<String> projectIds, List<String> organizationIds) {

        private Bson filter() {
            Bson own = Filters.in(
                    PROJECT_ID,
                    projectIds.stream()
                            .filter(ObjectId::isValid)
                            .map(ObjectId::new)
                            .toList());
            return organizationIds.isEmpty() ? own : Filters.or(own, Filters.in(ORGANIZATION_ID, organizationIds));
        }
    }

    private static @Nullable Field field(String path) {
        return switch (path) {
            case "id", "baseId" -> new Field("_id", Type.ID);
            case PROJECT_ID, "context.project" -> new Field(PROJECT_ID, Type.ID);
            case "context.org" -> new Field(ORGANIZATION_ID, Type.JSON);
            case NAME, VERSION, "creator" -> new Field(path, Type.JSON);
            case CREATED_AT, "updatedAt" -> new Field(path, Type.DATE);
            default -> {
                int dot = path.indexOf('.');
                yield Manifest.ABOUT.contains(dot < 0 ? path : path.substring(0, dot))
                        ? Field.ofClientJson("about." + path)
                        : null;
            }
        };
    }

    private static @Nullable Field fieldOfRevision(String path) {
        return switch (path) {
            case "id" -> new Field("_id", Type.ID);
            case "baseId" -> new Field(DPK_ID, Type.ID);
            case PROJECT_ID, "context.project" -> new Field(PROJECT_ID, Type.ID);
            case VERSION, "creator" -> new Field(path, Type.JSON);
            case CREATED_AT -> new Field(path, Type.DATE);
            default -> null;
        };
    }
}
