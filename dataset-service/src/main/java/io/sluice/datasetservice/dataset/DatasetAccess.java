package io.sluice.datasetservice.dataset;

import io.sluice.datasetservice.project.Membership;
import io.sluice.datasetservice.project.ProjectAccess;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.error.Problem;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Who may do what with which dataset: what the role in its project allows. */
@Component
public class DatasetAccess {

    private final DatasetRepository datasets;
    private final ProjectAccess projects;

    DatasetAccess(DatasetRepository datasets, ProjectAccess projects) {
        this.datasets = datasets;
        this.projects = projects;
    }

    /** What an access check of another service needs to know. */
    public record HeadAccess(DatasetHead dataset, Membership membership) {}

    /**
     * The dataset, when the caller may do that with it. Who is no member of its project meets the same
     * {@link Problem#NOT_FOUND} as for an unknown id, a member whose role does not allow it {@link Problem#FORBIDDEN}.
     */
    Mono<Dataset> require(Caller caller, String datasetId, Permission permission) {
        caller.require(permission);
        return datasets.findByIdAndDeletionIsNull(datasetId)
                .switchIfEmpty(askedAboutNothing(caller))
                .flatMap(dataset -> projects.find(caller, dataset.projectId()).map(membership -> {
                    // Not thenReturn: that would hand out the dataset without a membership, too.
                    ProjectAccess.allowed(membership, permission);
                    return dataset;
                }))
                .switchIfEmpty(unknownDataset());
    }

    /** The caller's membership in the project of a dataset; {@link Problem#NOT_FOUND} when there is none. */
    public Mono<HeadAccess> head(Caller caller, String datasetId) {
        return datasets.findHead(datasetId)
                .switchIfEmpty(askedAboutNothing(caller))
                .flatMap(dataset -> projects.find(caller, dataset.projectId())
                        .map(membership -> new HeadAccess(dataset, membership)))
                .switchIfEmpty(unknownDataset());
    }

    /** Takes as long as to find that a dataset is somebody else's, so that the time does not tell that it is there. */
    private <T> Mono<T> askedAboutNothing(Caller caller) {
        return Mono.defer(() -> projects.find(caller, ProjectAccess.NONE).then(Mono.empty()));
    }

    private static <T> Mono<T> unknownDataset() {
        return Mono.error(() -> Problem.NOT_FOUND.with("Dataset not found"));
    }
}
