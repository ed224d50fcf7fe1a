package io.sluice.datasetservice.access;

import io.sluice.datasetservice.dataset.DatasetAccess;
import io.sluice.datasetservice.group.GroupDirectory;
import io.sluice.datasetservice.project.Membership;
import io.sluice.datasetservice.project.ProjectAccess;
import io.sluice.datasetservice.recipe.RecipeLabels;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.auth.Role;
import io.swagger.v3.oas.annotations.Hidden;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
    private final RecipeLabels labels;
    private final Clock clock;

    AccessController(DatasetAccess datasets, ProjectAccess projects, RecipeLabels labels, Clock clock) {
        this.datasets = datasets;
        this.projects = projects;
        this.labels = labels;
        this.clock = clock;
    }

    /** @param freshForMillis how long this may be remembered */
    record ProjectAnswer(
            String projectId,
            String projectName,
            Role role,
            @Nullable String organizationId,
            long freshForMillis) {}

    /** @param freshForMillis how long this may be remembered */
    record DatasetAnswer(
            String datasetId,
            String projectId,
            String projectName,
            Role role,
            boolean readonly,
            boolean system,
            @Nullable String organizationId,
            @Nullable String srcDataset,
            boolean strictLabels,
            long freshForMillis) {}

    /** @param labels by their paths */
    record LabelsAnswer(Set<String> labels) {}

    @GetMapping("/projects/{projectId}")
    @Requires(Permission.READ_PROJECT)
    Mono<ProjectAnswer> project(Caller caller, @PathVariable String projectId) {
        // Not require: whoever asks decides by the permission it is about, and by the scope for that.
        return projects.find(caller, projectId)
                .switchIfEmpty(Mono.error(ProjectAccess::unknownProject))
                .map(membership -> new ProjectAnswer(
                        membership.project().id(),
                        membership.project().name(),
                        membership.role(),
                        membership.project().organizationId(),
                        freshForMillis(membership)));
    }

    @GetMapping("/datasets/{datasetId}")
    @Requires(Permission.READ_PROJECT)
    Mono<DatasetAnswer> dataset(Caller caller, @PathVariable String datasetId) {
        return datasets.head(caller, datasetId)
                .map(found -> new DatasetAnswer(
                        found.dataset().id(),
                        found.dataset().projectId(),
                        found.membership().project().name(),
                        found.membership().role(),
                        found.dataset().isReadonly(clock.instant()),
                        found.dataset().system(),
                        found.membership().project().organizationId(),
                        found.dataset().srcDataset(),
                        found.dataset().hasStrictLabels(),
                        freshForMillis(found.membership())));
    }

    /** All labels of the ontologies of a dataset. */
    @GetMapping("/datasets/{datasetId}/labels")
    @Requires(Permission.READ_PROJECT)
    Mono<LabelsAnswer> labels(Caller caller, @PathVariable String datasetId) {
        return datasets.head(caller, datasetId)
                .flatMapMany(found ->
                        labels.of(found.dataset().recipeIds(), found.dataset().projectId()))
                .collect(Collectors.toSet())
                .map(LabelsAnswer::new);
    }

    /** What we remember ourselves counts, so that a removed person is out everywhere after that time in all. */
    private long freshForMillis(Membership membership) {
        Duration age = Duration.between(membership.asOf(), clock.instant());
        return Math.max(0, GroupDirectory.REMEMBERED.minus(age).toMillis());
    }
}
