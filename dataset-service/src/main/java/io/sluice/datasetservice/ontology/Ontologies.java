package io.sluice.datasetservice.ontology;

import com.mongodb.client.model.CountOptions;
import com.mongodb.client.model.Filters;
import io.sluice.datasetservice.project.ProjectAccess;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.Conflicts;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.QueryLimits;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.ObjectId;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The ontologies that a caller may see or change. */
@Component
public class Ontologies {

    /** As many projects as may share an ontology. */
    static final int MOST_PROJECTS = 100;

    /** As many ontologies as one page may have: each may be large. */
    static final int LARGEST_PAGE = 100;

    private final OntologyRepository ontologies;
    private final ReactiveMongoTemplate mongo;
    private final ProjectAccess access;
    private final List<OntologyReferences> references;
    private final Clock clock;
    private final long mostMillis;

    Ontologies(
            OntologyRepository ontologies,
            ReactiveMongoTemplate mongo,
            ProjectAccess access,
            List<OntologyReferences> references,
            Clock clock,
            QueryLimits limits) {
        this.ontologies = ontologies;
        this.mongo = mongo;
        this.access = access;
        this.references = references;
        this.clock = clock;
        this.mostMillis = limits.time().toMillis();
    }

    /**
     * The ontology, when one of its projects allows the caller that. Who is no member of any meets the same
     * {@link Problem#NOT_FOUND} as for an unknown id; what is no id is {@link Problem#VALIDATION_FAILED} (contract ml B.3).
     */
    public Mono<Ontology> require(Caller caller, String ontologyId, Permission permission) {
        if (!ObjectId.isValid(ontologyId)) {
            return Mono.error(Problem.VALIDATION_FAILED.at("ontologyId", "must have 24 hexadecimal characters"));
        }
        return ontologies
                .findById(ontologyId)
                // Takes as long as to find that it is somebody else's.
                .switchIfEmpty(
                        Mono.defer(() -> access.find(caller, ProjectAccess.NONE).then(Mono.<Ontology>empty())))
                .flatMap(ontology -> allowed(caller, ontology, permission))
                .switchIfEmpty(Mono.error(Ontologies::unknown));
    }

    /** Those of the ids that are ontologies the caller may read, in their order. */
    public Flux<Ontology> readable(Caller caller, List<String> ontologyIds) {
        return Flux.fromIterable(ontologyIds)
                .filter(ObjectId::isValid)
                .concatMap(id -> ontologies
                        .findById(id)
                        .flatMap(ontology -> allowed(caller, ontology, Permission.READ_DATASET)));
    }

    /** Empty for who is no member of any of its projects. */
    private Mono<Ontology> allowed(Caller caller, Ontology ontology, Permission permission) {
        return access.requireAny(caller, ontology.projectIds(), permission)
                .filter(isMember -> isMember)
                .map(isMember -> ontology);
    }

    /** Stores a new one, for projects in which the caller may make datasets. */
    Mono<Ontology> create(Caller caller, Ontology ontology) {
        return Flux.fromIterable(ontology.projectIds())
                .concatMap(projectId -> access.require(caller, projectId, Permission.CREATE_DATASET))
                .then(Mono.defer(() -> ontologies.save(ontology.checked())))
                .flatMap(this::requireProjects);
    }

    /** A project may have been deleted since we looked, and with it all its ontologies but this one. */
    private Mono<Ontology> requireProjects(Ontology ontology) {
        return Flux.fromIterable(ontology.projectIds())
                .concatMap(access::isAlive)
                .all(isAlive -> isAlive)
                .flatMap(areAlive -> areAlive
                        ? Mono.just(ontology)
                        : ontologies
                                .deleteById(ontology.id())
                                .then(Mono.error(() -> Problem.NOT_FOUND.with("Project not found"))));
    }

    /** A new ontology with the same labels and attributes, for those projects. */
    public Mono<Ontology> copy(Ontology ontology, List<String> projectIds, String creator) {
        return ontologies
                .save(ontology.copy(projectIds, creator, clock.instant()))
                .flatMap(this::requireProjects);
    }

    /**
     * Changes one; a change that changes nothing stores nothing.
     *
     * @param expected fails when it is not the one that the caller means
     */
    Mono<Ontology> change(
            Caller caller, String ontologyId, Consumer<Ontology> expected, UnaryOperator<Ontology> change) {
        return Mono.defer(() -> require(caller, ontologyId, Permission.UPDATE_DATASET))
                .doOnNext(expected)
                .flatMap(ontology -> {
                    Ontology changed = change.apply(ontology);
                    return changed.equals(ontology)
                            ? Mono.just(ontology)
                            : ontologies.save(changed.checked().changedBy(caller.userId(), clock.instant()));
                })
                .retryWhen(Conflicts.retried());
    }

    /** Deletes one; recipes name it no more. */
    Mono<Void> delete(Caller caller, String ontologyId, Consumer<Ontology> expected) {
        return Mono.defer(() -> require(caller, ontologyId, Permission.DELETE_DATASET))
                .doOnNext(expected)
                .flatMap(ontology -> Flux.fromIterable(references)
                        .concatMap(some -> some.forget(ontologyId))
                        .then(ontologies.delete(ontology)))
                .retryWhen(Conflicts.retried());
    }

    /** One page of those of projects that the caller is a member of, in the order of their creation. */
    Mono<Page<Ontology>> page(Caller caller, List<String> projectIds, List<String> ids, int page, int pageSize) {
        int size = Math.min(pageSize, LARGEST_PAGE);
        return access.readable(caller, projectIds).flatMap(visible -> {
            List<Bson> filters = new ArrayList<>(List.of(Filters.in("projectIds", visible)));
            if (!ids.isEmpty()) {
                filters.add(Filters.in(
                        "_id",
                        ids.stream()
                                .filter(ObjectId::isValid)
                                .map(ObjectId::new)
                                .toList()));
            }
            Bson filter = Filters.and(filters);
            Mono<Long> total = mongo.execute(
                            Ontology.class,
                            found -> found.countDocuments(
                                    filter, new CountOptions().maxTime(mostMillis, TimeUnit.MILLISECONDS)))
                    .single();
            return Mono.zip(found(filter, page, size), total, (some, all) -> Page.of(some, all, page, size));
        });
    }

    private Mono<List<Ontology>> found(Bson filter, int page, int size) {
        long offset = (long) page * size;
        if (size == 0 || offset > Integer.MAX_VALUE) {
            return Mono.just(List.of());
        }
        return mongo.execute(
                        Ontology.class,
                        all -> all.find(filter)
                                .sort(new Document("_id", 1))
                                .skip((int) offset)
                                .limit(size)
                                .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                .map(document -> mongo.getConverter().read(Ontology.class, document))
                .collectList();
    }

    /** The same for an unknown id and for others' ontologies. */
    private static ErrorResponseException unknown() {
        return Problem.NOT_FOUND.with("Ontology not found");
    }
}
