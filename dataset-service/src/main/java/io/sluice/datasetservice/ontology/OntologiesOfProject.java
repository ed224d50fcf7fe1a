package io.sluice.datasetservice.ontology;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import io.sluice.datasetservice.project.ProjectContents;
import java.util.List;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** The end of the ontologies of a project, with it; those that other projects share stay theirs. */
@Component
class OntologiesOfProject implements ProjectContents {

    private static final String PROJECT_IDS = "projectIds";

    private final ReactiveMongoTemplate mongo;

    OntologiesOfProject(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    @Override
    public Mono<Boolean> remove(String projectId) {
        return mongo.remove(query(where(PROJECT_IDS).is(List.of(projectId))), Ontology.class)
                .then(mongo.updateMulti(
                        query(where(PROJECT_IDS).is(projectId)),
                        new Update().pull(PROJECT_IDS, projectId),
                        Ontology.class))
                .thenReturn(true);
    }
}
