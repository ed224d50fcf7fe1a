package io.sluice.datasetservice.ontology;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.QueryParser;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The attributes of an ontology one by one. */
@RestController
@RequestMapping("/api/v1/ontologies/{ontologyId}/attributes")
@Tag(name = "Attributes")
class AttributeController {

    private static final String FIELD = "attribute";

    private final Ontologies ontologies;
    private final QueryParser queries;
    private final PublicUrl publicUrl;

    AttributeController(Ontologies ontologies, QueryParser queries, PublicUrl publicUrl) {
        this.ontologies = ontologies;
        this.queries = queries;
        this.publicUrl = publicUrl;
    }

    @Operation(
            summary = "Add an attribute to an ontology",
            description =
                    "By key and type: options, boolean, range, freeText or number. The scope names labels by their ids, "
                            + "with all below them in subtrees, alone in labelIds; without a scope, or with * in subtrees, it is for all labels.")
    @PostMapping
    @Requires(Permission.UPDATE_DATASET)
    Mono<AttributeView> create(
            Caller caller,
            @PathVariable String ontologyId,
            @RequestBody Map<String, @Nullable Object> given,
            ServerHttpRequest request) {
        Attribute attribute = Attribute.of(FIELD, JsonObject.requireStorable(FIELD, given), null);
        return ontologies
                .change(caller, ontologyId, read -> {}, ontology -> ontology.with(attribute))
                .map(ontology -> AttributeView.of(attribute, ontology, publicUrl.api(request)));
    }

    @Operation(
            summary = "One page of the attributes that a query describes",
            description = "By id, key, type, scope.subtrees, scope.labelIds, values and range.")
    @PostMapping("/query")
    @Requires(Permission.READ_DATASET)
    Mono<Page<AttributeView>> query(
            Caller caller,
            @PathVariable String ontologyId,
            @RequestBody Map<String, @Nullable Object> body,
            ServerHttpRequest request) {
        Query query = queries.parse(body, "attributes");
        String api = publicUrl.api(request);
        return ontologies
                .require(caller, ontologyId, Permission.READ_DATASET)
                .map(ontology -> EntryQuery.page(query, AttributeView.all(ontology, api), AttributeView::members));
    }

    @Operation(summary = "Change key, scope, values or range of an attribute")
    @PatchMapping("/{attributeId}")
    @Requires(Permission.UPDATE_DATASET)
    Mono<AttributeView> update(
            Caller caller,
            @PathVariable String ontologyId,
            @PathVariable String attributeId,
            @RequestBody Map<String, @Nullable Object> patch,
            ServerHttpRequest request) {
        JsonObject.requireStorable(FIELD, patch);
        return ontologies
                .change(
                        caller,
                        ontologyId,
                        read -> {},
                        ontology -> ontology.with(find(ontology, attributeId).patched(patch)))
                .map(ontology -> AttributeView.of(find(ontology, attributeId), ontology, publicUrl.api(request)));
    }

    @Operation(summary = "Delete an attribute")
    @DeleteMapping("/{attributeId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Requires(Permission.UPDATE_DATASET)
    Mono<Void> delete(Caller caller, @PathVariable String ontologyId, @PathVariable String attributeId) {
        return ontologies
                .change(caller, ontologyId, read -> {}, ontology -> {
                    Attribute gone = find(ontology, attributeId);
                    return ontology.withSections(ontology.sections().stream()
                            .filter(section -> !section.equals(gone))
                            .toList());
                })
                .then();
    }

    private static Attribute find(Ontology ontology, String attributeId) {
        return ontology.sections().stream()
                .filter(section -> section.id().equals(attributeId))
                .findFirst()
                .orElseThrow(() -> Problem.NOT_FOUND.with("Attribute not found"));
    }
}
