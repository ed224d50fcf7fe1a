package io.sluice.datasetservice.recipe;

import com.mongodb.client.model.Filters;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.docs.Conditional;
import io.sluice.kit.error.Problem;
import io.sluice.kit.paging.Page;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Recipes (contract ml B.2). */
@RestController
@RequestMapping("/api/v1/recipes")
@Tag(name = "Recipes")
class RecipeController {

    private final Recipes recipes;
    private final PublicUrl publicUrl;

    RecipeController(Recipes recipes, PublicUrl publicUrl) {
        this.recipes = recipes;
        this.publicUrl = publicUrl;
    }

    @Operation(
            summary = "Create a recipe",
            description = "For one project or several, with the ontologies that it names.")
    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    @Requires(Permission.CREATE_DATASET)
    Mono<ResponseEntity<RecipeView>> create(
            Caller caller, @RequestBody RecipeContent content, ServerHttpRequest request) {
        return recipes.create(caller, content).map(recipe -> created(recipe, request));
    }

    @Operation(summary = "One page of the recipes that the caller can see, in the order of their creation")
    @GetMapping
    @OpenTo(Audience.SIGNED_IN)
    Mono<Page<RecipeView>> list(
            Caller caller,
            @Parameter(description = "The ids of the projects to look in; none for all")
                    @RequestParam(defaultValue = "")
                    List<String> projects,
            @Parameter(description = "The ids of ontologies, of which it names one; none for all")
                    @RequestParam(defaultValue = "")
                    List<String> ontologies,
            @Parameter(description = "The e-mail address of who made it") @RequestParam(required = false) @Nullable
                    String creator,
            @Parameter(description = "The whole title") @RequestParam(required = false) @Nullable String title,
            @Parameter(description = "Which page, counted from 0") @RequestParam(defaultValue = "0") int pageOffset,
            @Parameter(description = "Entries of a page, at most 1,000; 0 only counts")
                    @RequestParam(defaultValue = "100")
                    int pageSize,
            ServerHttpRequest request) {
        if (pageOffset < 0 || pageSize < 0) {
            throw Problem.VALIDATION_FAILED.at(pageOffset < 0 ? "pageOffset" : "pageSize", "must be 0 or more");
        }
        List<Bson> filters = new ArrayList<>(List.of(Filters.empty()));
        if (!ontologies.isEmpty()) {
            filters.add(Filters.in("ontologyIds", ontologies));
        }
        if (creator != null) {
            filters.add(Filters.eq("creator", creator));
        }
        if (title != null) {
            filters.add(Filters.eq("title", title));
        }
        String api = publicUrl.api(request);
        return recipes.page(caller, projects, Filters.and(filters), pageOffset, Math.min(pageSize, Page.LARGEST_SIZE))
                .map(page -> page.map(recipe -> RecipeView.of(recipe, api)));
    }

    @Operation(summary = "One recipe")
    @GetMapping("/{recipeId}")
    @Requires(Permission.READ_DATASET)
    Mono<ResponseEntity<RecipeView>> get(Caller caller, @PathVariable String recipeId, ServerHttpRequest request) {
        return recipes.require(caller, recipeId, Permission.READ_DATASET).map(recipe -> reply(recipe, request));
    }

    @Operation(
            summary = "Change a recipe",
            description = "Members that are left out stay, metadata is merged, other members are ignored.")
    @PatchMapping("/{recipeId}")
    @Requires(Permission.UPDATE_DATASET)
    @Conditional
    Mono<ResponseEntity<RecipeView>> update(
            Caller caller,
            @PathVariable String recipeId,
            @Parameter(description = "Whether metadata.system may be changed") @RequestParam(defaultValue = "false")
                    boolean system,
            @RequestBody RecipeContent content,
            ServerHttpRequest request) {
        return recipes.apply(caller, recipeId, content, system, meant(request)).map(recipe -> reply(recipe, request));
    }

    @Operation(
            summary = "Delete a recipe",
            description =
                    "Its ontologies stay. One that datasets are labelled by is deleted with force only; these have no "
                            + "recipe then.")
    @DeleteMapping("/{recipeId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Requires(Permission.DELETE_DATASET)
    @Conditional
    Mono<Void> delete(
            Caller caller,
            @PathVariable String recipeId,
            @Parameter(description = "Whether also when datasets are labelled by it")
                    @RequestParam(defaultValue = "false")
                    boolean force,
            ServerHttpRequest request) {
        return recipes.delete(caller, recipeId, force, meant(request));
    }

    /** @param shallow whether the new one names the same ontologies; null means no, then it gets copies */
    record Cloning(@Nullable Boolean shallow) {}

    @Operation(
            summary = "Clone a recipe",
            description =
                    "With copies of its ontologies, or, shallow, with the same. In those of its projects in which the "
                            + "caller may make one.")
    @PostMapping("/{recipeId}/clone")
    @ResponseStatus(HttpStatus.CREATED)
    @Requires(Permission.CREATE_DATASET)
    Mono<ResponseEntity<RecipeView>> copy(
            Caller caller, @PathVariable String recipeId, @RequestBody Cloning cloning, ServerHttpRequest request) {
        return recipes.copy(caller, recipeId, Boolean.TRUE.equals(cloning.shallow()))
                .map(recipe -> created(recipe, request));
    }

    @Operation(
            summary = "Change what of its ontology a recipe shows",
            description =
                    "labelScope, attributes and structureIds by their ids: they come to those that are there, or with "
                            + "override in place of them.")
    @PatchMapping("/{recipeId}/scope")
    @Requires(Permission.UPDATE_DATASET)
    @Conditional
    Mono<ResponseEntity<RecipeView>> changeScope(
            Caller caller, @PathVariable String recipeId, @RequestBody ScopeChange scope, ServerHttpRequest request) {
        return change(caller, recipeId, request, scope::appliedTo);
    }

    @Operation(
            summary = "Change the settings of the tools of a recipe",
            description = "By tool, each in place of the one that is there; with override all in place of all.")
    @PatchMapping("/{recipeId}/tools")
    @Requires(Permission.UPDATE_DATASET)
    @Conditional
    Mono<ResponseEntity<RecipeView>> changeTools(
            Caller caller, @PathVariable String recipeId, @RequestBody ToolsChange tools, ServerHttpRequest request) {
        return change(caller, recipeId, request, tools::appliedTo);
    }

    private Mono<ResponseEntity<RecipeView>> change(
            Caller caller, String recipeId, ServerHttpRequest request, UnaryOperator<Recipe> change) {
        return recipes.change(caller, recipeId, meant(request), change).map(recipe -> reply(recipe, request));
    }

    private Consumer<Recipe> meant(ServerHttpRequest request) {
        return recipe -> RecipeView.tag(recipe, publicUrl.api(request)).requireMatch(request);
    }

    private ResponseEntity<RecipeView> reply(Recipe recipe, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        return RecipeView.tag(recipe, api).reply(RecipeView.of(recipe, api));
    }

    private ResponseEntity<RecipeView> created(Recipe recipe, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        RecipeView view = RecipeView.of(recipe, api);
        return RecipeView.tag(recipe, api).created(view.url(), view);
    }
}
