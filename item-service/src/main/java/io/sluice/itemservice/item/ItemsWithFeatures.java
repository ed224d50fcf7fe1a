package io.sluice.itemservice.item;

import io.sluice.itemservice.feature.EntityType;
import io.sluice.itemservice.feature.FeatureEntities;
import java.util.Collection;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;

/** The items as feature vectors need to know them. */
@Component
class ItemsWithFeatures implements FeatureEntities {

    private final Items items;

    ItemsWithFeatures(Items items) {
        this.items = items;
    }

    @Override
    public EntityType type() {
        return EntityType.ITEM;
    }

    @Override
    public Flux<FeatureEntity> find(Collection<String> ids) {
        return items.states(ids).map(state -> new FeatureEntity(state.id(), state.datasetId(), state.id()));
    }
}
