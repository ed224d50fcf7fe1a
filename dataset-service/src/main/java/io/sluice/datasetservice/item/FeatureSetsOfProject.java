package io.sluice.datasetservice.item;

import io.sluice.datasetservice.project.ProjectContents;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** The end of the feature sets of a project, with it. */
@Component
class FeatureSetsOfProject implements ProjectContents {

    private final ItemClient items;

    FeatureSetsOfProject(ItemClient items) {
        this.items = items;
    }

    @Override
    public Mono<Boolean> remove(String projectId) {
        return items.deleteProject(projectId).thenReturn(true);
    }
}
