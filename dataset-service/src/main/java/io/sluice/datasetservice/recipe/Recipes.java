package io.sluice.datasetservice.recipe;

import com.mongodb.client.model.CountOptions;
import com.mongodb.client.model.Filters;
import io.sluice.datasetservice.ontology.Ontologies;
import io.sluice.datasetservice.ontology.Ontology;
import io.sluice.datasetservice.project.ProjectAccess;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.Conflicts;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.QueryLimits;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The recipes that a caller may see or change. */
@Component
class Recipes {

    private final RecipeRepository recipes;
    private final ReactiveMongoTemplate mongo;
    private final ProjectAccess access;
    private final Ontologies ontologies;
    private final List<RecipeUsers> users;
    private final Clock clock;
    private final long mostMillis;

    Recipes(
            RecipeRepository recipes,
            ReactiveMongoTemplate mongo,
            ProjectAccess access,
            Ontologies ontologies,
            List<RecipeUsers> users,
            Clock clock,
            QueryLimits limits) {
        this.recipes = recipes;
        this.mongo = mongo;
        this.access = access;
        this.ontologies = ontologies;
        this.users = users;
        this.clock = clock;
        this.mostMillis = limits.time().toMillis();
    }

    /**
     * The recipe, when one of its projects allows the caller that. Who is no member of any meets the same
     * {@link Problem#NOT_FOUND} as for an unknown id.
     */
    Mono<Recipe> require(Caller caller, String recipeId, Permission permission) {
        return recipes.findById(recipeId)
                // Takes as long as to find that it is somebody else's.
                .switchIfEmpty(
                        Mono.defer(() -> access.find(caller, ProjectAccess.NONE).then(Mono.<Recipe>empty())))
                .flatMap(recipe -> access.requireAny(caller, recipe.projectIds(), permission)
                        .filter(isMember -> isMember)
                        .map(isMember -> recipe))
                .switchIfEmpty(Mono.error(Recipes::unknown));
    }

    Mono<Recipe> create(Caller caller, RecipeContent content) {
        List<String> projectIds = content.projects();
        if (projectIds == null) {
            throw Problem.VALIDATION_FAILED.at("projectIds", "must name a project");
        }
        List<String> ontologyIds = content.ontologies();
        Recipe recipe = content.appliedTo(
                Recipe.of(
                        RecipeContent.checkedTitle(content.newTitle()),
                        caller.userId(),
                        projectIds,
                        ontologyIds == null ? List.of() : ontologyIds,
                        true,
                        clock.instant()),
                true);
        return requireProjects(caller, projectIds, Permission.CREATE_DATASET)
                .then(Mono.defer(() -> requireOntologies(caller, recipe.ontologyIds())))
                .then(Mono.defer(() -> recipes.save(recipe)))
                .flatMap(this::requireAlive);
    }

    /** A project may have been deleted since we looked, and with it all its recipes but this one. */
    private Mono<Recipe> requireAlive(Recipe recipe) {
        return Flux.fromIterable(recipe.projectIds())
                .concatMap(access::isAlive)
                .all(isAlive -> isAlive)
                .flatMap(areAlive -> areAlive
                        ? Mono.just(recipe)
                        : recipes.deleteById(recipe.id())
                                .then(Mono.error(() -> Problem.NOT_FOUND.with("Project not found"))));
    }

    /**
     * Changes one as a client says.
     *
     * @param expected fails when it is not the one that the caller means
     */
    Mono<Recipe> apply(
            Caller caller, String recipeId, RecipeContent content, boolean withSystem, Consumer<Recipe> expected) {
        return Mono.defer(() -> require(caller, recipeId, Permission.UPDATE_DATASET))
                .doOnNext(expected)
                .flatMap(recipe -> {
                    List<String> projectIds = orElse(content.projects(), recipe.projectIds());
                    List<String> ontologyIds = orElse(content.ontologies(), recipe.ontologyIds());
                    Recipe changed = content.appliedTo(recipe, withSystem).linked(projectIds, ontologyIds);
                    // To share a recipe with a project, or to take it away from one, both are asked.
                    List<String> moved = Stream.concat(
                                    without(projectIds, recipe.projectIds()).stream(),
                                    without(recipe.projectIds(), projectIds).stream())
                            .toList();
                    return requireProjects(caller, moved, Permission.UPDATE_DATASET)
                            .then(Mono.defer(
                                    () -> requireOntologies(caller, without(ontologyIds, recipe.ontologyIds()))))
                            .then(Mono.defer(() -> save(recipe, changed, caller)));
                })
                .retryWhen(Conflicts.retried());
    }

    /** As {@link #apply}, by a change that names no other projects and ontologies. */
    Mono<Recipe> change(Caller caller, String recipeId, Consumer<Recipe> expected, UnaryOperator<Recipe> change) {
        return Mono.defer(() -> require(caller, recipeId, Permission.UPDATE_DATASET))
                .doOnNext(expected)
                .flatMap(recipe -> save(recipe, change.apply(recipe).checked(), caller))
                .retryWhen(Conflicts.retried());
    }

    private Mono<Recipe> save(Recipe before, Recipe changed, Caller caller) {
        return changed.equals(before)
                ? Mono.just(before)
                : recipes.save(changed.changedBy(caller.userId(), clock.instant()));
    }

    /**
     * Deletes one; {@link Problem#VALIDATION_FAILED} when something is labelled by it.
     *
     * @param force whether it is deleted all the same, and what is labelled by it has no recipe then
     */
    Mono<Void> delete(Caller caller, String recipeId, boolean force, Consumer<Recipe> expected) {
        return Mono.defer(() -> require(caller, recipeId, Permission.DELETE_DATASET))
                .doOnNext(expected)
                .delayUntil(recipe -> force ? Mono.empty() : requireUnused(recipe))
                .flatMap(recipe -> Flux.fromIterable(users)
                        .concatMap(some -> some.forget(recipeId, recipe.projectIds()))
                        .then(recipes.delete(recipe)))
                .retryWhen(Conflicts.retried());
    }

    private Mono<Void> requireUnused(Recipe recipe) {
        return Flux.fromIterable(users)
                .concatMap(some -> some.use(recipe.id(), recipe.projectIds()))
                .any(used -> used)
                .flatMap(used -> used
                        ? Mono.error(
                                Problem.VALIDATION_FAILED.with(
                                        "Datasets are labelled by this recipe; switch them to another, or delete it with force=true"))
                        : Mono.empty());
    }

    /**
     * A new recipe that says the same, in those of its projects in which the caller may make one.
     *
     * @param shallow whether it names the same ontologies; if not, it gets copies of them
     */
    Mono<Recipe> copy(Caller caller, String recipeId, boolean shallow) {
        return require(caller, recipeId, Permission.CREATE_DATASET)
                .flatMap(recipe -> Flux.fromIterable(recipe.projectIds())
                        .filterWhen(projectId -> access.find(caller, projectId)
                                .map(membership -> membership.role().may(Permission.CREATE_DATASET))
                                .defaultIfEmpty(false))
                        .collectList()
                        .flatMap(projectIds -> ontologiesOf(recipe, projectIds, shallow, caller)
                                .map(ontologyIds ->
                                        recipe.copy(projectIds, ontologyIds, caller.userId(), clock.instant()))))
                .flatMap(recipes::save)
                .flatMap(this::requireAlive);
    }

    private Mono<List<String>> ontologiesOf(Recipe recipe, List<String> projectIds, boolean shallow, Caller caller) {
        if (shallow) {
            return Mono.just(recipe.ontologyIds());
        }
        return ontologies
                .readable(caller, recipe.ontologyIds())
                .concatMap(ontology -> ontologies.copy(ontology, projectIds, caller.userId()))
                .map(Ontology::id)
                .collectList();
    }

    private Mono<Void> requireProjects(Caller caller, List<String> projectIds, Permission permission) {
        return Flux.fromIterable(projectIds)
                .concatMap(projectId -> access.require(caller, projectId, permission))
                .then();
    }

    private Mono<Void> requireOntologies(Caller caller, List<String> ontologyIds) {
        return ontologies
                .readable(caller, ontologyIds)
                .map(Ontology::id)
                .collectList()
                .flatMap(found -> without(ontologyIds, found).isEmpty()
                        ? Mono.empty()
                        : Mono.error(Problem.VALIDATION_FAILED.at(
                                "ontologyIds",
                                "names no ontology that you can see: "
                                        + without(ontologyIds, found).get(0))));
    }

    private static List<String> without(List<String> ids, List<String> others) {
        return ids.stream().filter(id -> !others.contains(id)).toList();
    }

    private static List<String> orElse(@Nullable List<String> ids, List<String> otherwise) {
        return ids == null ? otherwise : ids;
    }

    /** One page of those of projects that the caller is a member of, in the order of their creation. */
    Mono<Page<Recipe>> page(Caller caller, List<String> projectIds, Bson condition, int page, int size) {
        return access.readable(caller, projectIds).flatMap(visible -> {
            Bson filter = Filters.and(Filters.in("projectIds", visible), condition);
            Mono<Long> total = mongo.execute(
                            Recipe.class,
                            found -> found.countDocuments(
                                    filter, new CountOptions().maxTime(mostMillis, TimeUnit.MILLISECONDS)))
                    .single();
            return Mono.zip(found(filter, page, size), total, (some, all) -> Page.of(some, all, page, size));
        });
    }

    private Mono<List<Recipe>> found(Bson filter, int page, int size) {
        long offset = (long) page * size;
        if (size == 0 || offset > Integer.MAX_VALUE) {
            return Mono.just(List.of());
        }
        return mongo.execute(
                        Recipe.class,
                        all -> all.find(filter)
                                .sort(new Document("_id", 1))
                                .skip((int) offset)
                                .limit(size)
                                .maxTime(mostMillis, TimeUnit.MILLISECONDS))
                .map(document -> mongo.getConverter().read(Recipe.class, document))
                .collectList();
    }

    /** The same for an unknown id and for others' recipes. */
    private static ErrorResponseException unknown() {
        return Problem.NOT_FOUND.with("Recipe not found");
    }
}
