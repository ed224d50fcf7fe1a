package io.sluice.datasetservice.dataset;

import io.sluice.datasetservice.project.ProjectContents;
import java.time.Clock;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** The hidden dataset that a project begins with, and the end of all its datasets. */
@Component
class DatasetsOfProject implements ProjectContents {

    private final DatasetRepository datasets;
    private final DatasetDeletion deletion;
    private final Clock clock;

    DatasetsOfProject(DatasetRepository datasets, DatasetDeletion deletion, Clock clock) {
        this.datasets = datasets;
        this.deletion = deletion;
        this.clock = clock;
    }

    @Override
    public Mono<Void> prepare(String projectId, String creator) {
        return datasets.save(Dataset.binaries(projectId, creator, clock.instant()))
                .then();
    }

    @Override
    public Mono<Boolean> remove(String projectId) {
        return deletion.beginAll(projectId)
                .then(datasets.existsByProjectId(projectId))
                .map(some -> !some);
    }
}
