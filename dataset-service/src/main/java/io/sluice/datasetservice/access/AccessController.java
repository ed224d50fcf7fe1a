package io.sluice.datasetservice.access;

import io.sluice.datasetservice.dataset.DatasetAccess;
import io.sluice.datasetservice.project.ProjectAccess;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Role;
import io.swagger.v3.oas.annotations.Hidden;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Asked by the other services with the token of the user they act for; 404 is "nothing this user knows of". */
@Hidden
@RestController
@RequestMapping("/internal/access")
class AccessController {

    private final DatasetAccess datasets;
    private final ProjectAccess projects;

    AccessController(DatasetAccess datasets, ProjectAccess projects) {
        this.datasets = datasets;
        this.projects = projects;
    }

    record ProjectAnswer(String projectId, String projectName, Role role) {}

    record DatasetAnswer(
            String datasetId, String projectId, String projectName, Role role, boolean readonly, boolean system) {}

    @GetMapping("/projects/{projectId}")
    Mono<ProjectAnswer> project(Caller caller, @PathVariable String projectId) {
        // Not require: whoever asks decides by the permission it is about, and by the scope for that.
        return projects.find(caller, projectId)
                .switchIfEmpty(Mono.error(ProjectAccess::unknownProject))
                .map(membership -> new ProjectAnswer(
                        membership.project().id(), membership.project().name(), membership.role()));
    }

    @GetMapping("/datasets/{datasetId}")
    Mono<DatasetAnswer> dataset(Caller caller, @PathVariable String datasetId) {
        return datasets.head(caller, datasetId)
                .map(found -> new DatasetAnswer(
                        found.dataset().id(),
                        found.dataset().projectId(),
                        found.membership().project().name(),
                        found.membership().role(),
                        found.dataset().readonly(),
                        found.dataset().system()));
    }
}
