package io.sluice.datasetservice.project;

import io.sluice.datasetservice.deletion.BackgroundDeletion;
import io.sluice.datasetservice.deletion.Deletion;
import io.sluice.datasetservice.deletion.DeletionProperties;
import java.time.Clock;
import java.util.Objects;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Deletes projects; each goes when everything in it has gone. */
@Component
class ProjectDeletion extends BackgroundDeletion<Project> {

    private final ProjectContents contents;

    ProjectDeletion(ReactiveMongoTemplate mongo, Clock clock, DeletionProperties properties, ProjectContents contents) {
        super(Project.class, mongo, clock, properties);
        this.contents = contents;
    }

    @Override
    protected String idOf(Project project) {
        return project.id();
    }

    @Override
    protected Deletion deletionOf(Project project) {
        return Objects.requireNonNull(project.deletion());
    }

    @Override
    protected Mono<Boolean> removeContents(Project project) {
        return contents.remove(project.id());
    }
}
