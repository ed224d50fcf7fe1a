package io.sluice.datasetservice.project;

import io.sluice.kit.error.FieldError;
import io.sluice.kit.error.Problem;
import java.time.Clock;
import java.util.List;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Makes a project with its hidden dataset, in an order in which no crash leaves a project without it. */
@Component
class ProjectCreation {

    private final ProjectRepository projects;
    private final List<ProjectContents> contents;
    private final Clock clock;

    ProjectCreation(ProjectRepository projects, List<ProjectContents> contents, Clock clock) {
        this.projects = projects;
        this.contents = contents;
        this.clock = clock;
    }

    Mono<Project> create(String name, String creator) {
        Project project = Project.of(name, creator, clock.instant());
        return projects.existsByUniqueName(Project.uniqueName(creator, name)).flatMap(taken -> {
            if (taken) {
                return Mono.error(nameTaken(name));
            }
            return Flux.fromIterable(contents)
                    .concatMap(content -> content.prepare(project.id(), creator))
                    .then(projects.save(project))
                    // Somebody took the name in between.
                    .onErrorResume(
                            DuplicateKeyException.class,
                            duplicate -> Flux.fromIterable(contents)
                                    .concatMap(content -> content.remove(project.id()))
                                    .then(Mono.error(nameTaken(name))));
        });
    }

    private static ErrorResponseException nameTaken(String name) {
        return Problem.NAME_TAKEN.with(
                "Failed to create project: you have a project named " + name + " already",
                List.of(new FieldError("name", "is taken")));
    }
}
