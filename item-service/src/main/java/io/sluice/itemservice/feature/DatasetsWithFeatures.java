package io.sluice.itemservice.feature;

import io.sluice.itemservice.dataset.GoneDatasets;
import java.util.Collection;
import org.bson.types.ObjectId;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;

/** Datasets that have vectors of their own. That they were ever there, the right to see them has shown. */
@Component
class DatasetsWithFeatures implements FeatureEntities {

    private final GoneDatasets gone;

    DatasetsWithFeatures(GoneDatasets gone) {
        this.gone = gone;
    }

    @Override
    public EntityType type() {
        return EntityType.DATASET;
    }

    @Override
    public Flux<FeatureEntity> find(Collection<String> ids) {
        return Flux.fromIterable(ids)
                .filter(ObjectId::isValid)
                .map(id -> new ObjectId(id).toHexString())
                .filterWhen(id -> gone.contains(id).map(isGone -> !isGone))
                .map(id -> new FeatureEntity(id, id, null));
    }
}
