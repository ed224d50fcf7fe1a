package io.sluice.datasetservice.ontology;

import java.util.Collection;
import java.util.List;
import org.springframework.data.repository.reactive.ReactiveCrudRepository;
import reactor.core.publisher.Mono;

/** The stored ontologies. */
public interface OntologyRepository extends ReactiveCrudRepository<Ontology, String> {

    /** Deletes those of the ids that nobody made by themselves, and that belong to these projects and no other. */
    Mono<Long> deleteByIdInAndProjectIdsAndStandaloneIsNull(Collection<String> ids, List<String> projectIds);
}
