package io.sluice.modelservice.model;

import io.sluice.kit.doctor.Diagnosis;
import io.sluice.kit.doctor.Finding;
import io.sluice.kit.doctor.FolderDiagnosis;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;

/** Whether copies of model files can be kept. */
@Component
@Lazy
final class FilesDiagnosis implements Diagnosis {

    private final ModelFileProperties properties;

    FilesDiagnosis(ModelFileProperties properties) {
        this.properties = properties;
    }

    @Override
    public Flux<Finding> look() {
        return new FolderDiagnosis("model files", properties.folder()).look();
    }
}
