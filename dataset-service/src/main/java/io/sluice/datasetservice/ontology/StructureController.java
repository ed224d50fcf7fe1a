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

/** The structures of an ontology: points with lines between them. */
@RestController
@RequestMapping("/api/v1/ontologies/{ontologyId}/structures")
@Tag(name = "Structures")
class StructureController {

    private final Ontologies ontologies;
    private final QueryParser queries;
    private final PublicUrl publicUrl;

    StructureController(Ontologies ontologies, QueryParser queries, PublicUrl publicUrl) {
        this.ontologies = ontologies;
        this.queries = queries;
        this.publicUrl = publicUrl;
    }

    @Operation(summary = "Add a structure to an ontology")
    @PostMapping
    @Requires(Permission.UPDATE_DATASET)
    Mono<StructureView> create(
            Caller caller,
            @PathVariable String ontologyId,
            @RequestBody Map<String, @Nullable Object> given,
            ServerHttpRequest request) {
        Structure structure = Structure.of(JsonObject.requireStorable("structure", given), null);
        return ontologies
                .change(caller, ontologyId, read -> {}, ontology -> ontology.with(structure))
                .map(ontology -> StructureView.of(structure, ontology, publicUrl.api(request)));
    }

    @Operation(
            summary = "One page of the structures that a query describes",
            description = "By id, name, order and arcs.")
    @PostMapping("/query")
    @Requires(Permission.READ_DATASET)
    Mono<Page<StructureView>> query(
            Caller caller,
            @PathVariable String ontologyId,
            @RequestBody Map<String, @Nullable Object> body,
            ServerHttpRequest request) {
        Query query = queries.parse(body, "structures");
        String api = publicUrl.api(request);
        return ontologies
                .require(caller, ontologyId, Permission.READ_DATASET)
                .map(ontology -> EntryQuery.page(
                        query,
                        ontology.structures().stream()
                                .map(structure -> StructureView.of(structure, ontology, api))
                                .toList(),
                        StructureView::members));
    }

    @Operation(summary = "Change name, order or arcs of a structure")
    @PatchMapping("/{structureId}")
    @Requires(Permission.UPDATE_DATASET)
    Mono<StructureView> update(
            Caller caller,
            @PathVariable String ontologyId,
            @PathVariable String structureId,
            @RequestBody Map<String, @Nullable Object> patch,
            ServerHttpRequest request) {
        JsonObject.requireStorable("structure", patch);
        return ontologies
                .change(
                        caller,
                        ontologyId,
                        read -> {},
                        ontology -> ontology.with(Structure.of(patch, find(ontology, structureId))))
                .map(ontology -> StructureView.of(find(ontology, structureId), ontology, publicUrl.api(request)));
    }

    @Operation(summary = "Delete a structure")
    @DeleteMapping("/{structureId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Requires(Permission.UPDATE_DATASET)
    Mono<Void> delete(Caller caller, @PathVariable String ontologyId, @PathVariable String structureId) {
        return ontologies
                .change(caller, ontologyId, read -> {}, ontology -> {
                    Structure gone = find(ontology, structureId);
                    return ontology.withStructures(ontology.structures().stream()
                            .filter(structure -> !structure.equals(gone))
                            .toList());
                })
                .then();
    }

    private static Structure find(Ontology ontology, String structureId) {
        return ontology.structures().stream()
                .filter(structure -> structure.id().equals(structureId))
                .findFirst()
                .orElseThrow(() -> Problem.NOT_FOUND.with("Structure not found"));
    }
}
