package io.sluice.datasetservice.recipe;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import io.sluice.datasetservice.ontology.OntologyReferences;
import io.sluice.datasetservice.project.ProjectContents;
import java.util.List;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** What happens to recipes when a project or an ontology ends; a recipe that other projects share stays theirs. */
@Component
class RecipesOfProject implements ProjectContents, OntologyReferences {

    private static final String PROJECT_IDS = "projectIds";
    private static final String ONTOLOGY_IDS = "ontologyIds";

    private final ReactiveMongoTemplate mongo;

    RecipesOfProject(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    @Override
    public Mono<Boolean> remove(String projectId) {
        return mongo.remove(query(where(PROJECT_IDS).is(List.of(projectId))), Recipe.class)
                .then(mongo.updateMulti(
                        query(where(PROJECT_IDS).is(projectId)),
                        new Update().pull(PROJECT_IDS, projectId),
                        Recipe.class))
                .thenReturn(true);
    }

    @Override
    public Mono<Void> forget(String ontologyId) {
        return mongo.updateMulti(
                        query(where(ONTOLOGY_IDS).is(ontologyId)),
                        new Update().pull(ONTOLOGY_IDS, ontologyId),
                        Recipe.class)
                .then();
    }
}
