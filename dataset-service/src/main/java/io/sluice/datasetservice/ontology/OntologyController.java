package io.sluice.datasetservice.ontology;

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

/** Ontologies (contract ml B.3). */
@RestController
@RequestMapping("/api/v1/ontologies")
@Tag(name = "Ontologies")
class OntologyController {

    private final OntologyRepository ontologies;
    private final ProjectAccess access;
    private final PublicUrl publicUrl;

    OntologyController(OntologyRepository ontologies, ProjectAccess access, PublicUrl publicUrl) {
        this.ontologies = ontologies;
        this.access = access;
        this.publicUrl = publicUrl;
    }

    @Operation(summary = "One ontology")
    @GetMapping("/{ontologyId}")
    @Requires(Permission.READ_DATASET)
    Mono<ResponseEntity<OntologyView>> get(Caller caller, @PathVariable String ontologyId, ServerHttpRequest request) {
        return ontologies
                .findById(ontologyId)
                .filterWhen(ontology -> access.requireAny(caller, ontology.projectIds(), Permission.READ_DATASET))
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("Ontology not found")))
                .map(ontology -> {
                    OntologyView view = OntologyView.of(ontology, publicUrl.api(request));
                    return ETag.of(ontology.id(), ontology.version(), view.url())
                            .reply(view);
                });
    }
}
