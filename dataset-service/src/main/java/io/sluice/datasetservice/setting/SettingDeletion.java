package io.sluice.datasetservice.setting;

import io.sluice.datasetservice.dataset.DatasetContents;
import io.sluice.datasetservice.project.ProjectContents;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** The end of the settings of a dataset or project, with it. */
@Component
class SettingDeletion implements DatasetContents, ProjectContents {

    private final Settings settings;

    SettingDeletion(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Mono<Boolean> remove(String projectId) {
        return settings.deleteOf(SettingScope.Type.PROJECT, projectId).thenReturn(true);
    }

    @Override
    public Mono<Void> removeOf(String datasetId) {
        return settings.deleteOf(SettingScope.Type.DATASET, datasetId);
    }
}
