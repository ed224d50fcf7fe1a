package io.sluice.datasetservice.recipe;

import io.sluice.datasetservice.project.ProjectAccess;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.sluice.kit.web.ETag;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Recipes (contract ml B.2). */
@RestController
@RequestMapping("/api/v1/recipes")
@Tag(name = "Recipes")
class RecipeController {

    private final RecipeRepository recipes;
    private final ProjectAccess access;
    private final PublicUrl publicUrl;

    RecipeController(RecipeRepository recipes, ProjectAccess access, PublicUrl publicUrl) {
        this.recipes = recipes;
        this.access = access;
        this.publicUrl = publicUrl;
    }

    @Operation(summary = "One recipe")
    @GetMapping("/{recipeId}")
    @Requires(Permission.READ_DATASET)
    Mono<ResponseEntity<RecipeView>> get(Caller caller, @PathVariable String recipeId, ServerHttpRequest request) {
        return recipes.findById(recipeId)
                .filterWhen(recipe -> access.requireAny(caller, recipe.projectIds(), Permission.READ_DATASET))
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("Recipe not found")))
                .map(recipe -> {
                    RecipeView view = RecipeView.of(recipe, publicUrl.api(request));
                    return ETag.of(recipe.id(), recipe.version(), view.url()).reply(view);
                });
    }
}
