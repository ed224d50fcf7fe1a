package io.sluice.datasetservice.ontology;

import reactor.core.publisher.Mono;

/** What names ontologies by their ids. */
public interface OntologyReferences {

    /** Takes the id of an ontology that goes out of everything; may be called again. */
    Mono<Void> forget(String ontologyId);
}
