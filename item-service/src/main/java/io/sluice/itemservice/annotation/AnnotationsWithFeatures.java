package io.sluice.itemservice.annotation;

import io.sluice.itemservice.feature.EntityType;
import io.sluice.itemservice.feature.FeatureEntities;
import java.util.Collection;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;

/** The annotations as feature vectors need to know them. */
@Component
class AnnotationsWithFeatures implements FeatureEntities {

    private final Annotations annotations;

    AnnotationsWithFeatures(Annotations annotations) {
        this.annotations = annotations;
    }

    @Override
    public EntityType type() {
        return EntityType.ANNOTATION;
    }

    @Override
    public Flux<FeatureEntity> find(Collection<String> ids) {
        return annotations.places(ids).map(place -> new FeatureEntity(place.id(), place.datasetId(), place.itemId()));
    }
}
