package io.sluice.datasetservice.project;

import io.sluice.datasetservice.bot.BotClient;
import io.sluice.datasetservice.deletion.BackgroundDeletion;
import io.sluice.datasetservice.deletion.Deletion;
import io.sluice.datasetservice.deletion.DeletionProperties;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Deletes projects; each goes when everything in it has gone. */
@Component
class ProjectDeletion extends BackgroundDeletion<Project> {

    private final List<ProjectContents> contents;
    private final BotClient bots;

    ProjectDeletion(
            ReactiveMongoTemplate mongo,
            Clock clock,
            DeletionProperties properties,
            List<ProjectContents> contents,
            BotClient bots) {
        super(Project.class, mongo, clock, properties);
        this.contents = contents;
        this.bots = bots;
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
        return Flux.fromIterable(contents)
                .concatMap(content -> content.remove(project.id()))
                .all(isEmpty -> isEmpty)
                .flatMap(isEmpty -> isEmpty ? bots.endAll(project.id()).thenReturn(true) : Mono.just(false));
    }
}
