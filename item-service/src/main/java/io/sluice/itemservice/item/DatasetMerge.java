package io.sluice.itemservice.item;

import io.sluice.kit.command.Command;
import io.sluice.kit.mongo.JsonObject;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Copies all of several datasets into a new one, those of the first under their own names (contract core §4.6). */
@Component
class DatasetMerge extends DatasetCopy {

    static final String TYPE = "MergeDatasets";

    static final int MOST = 100;

    /** The service area holds what was made of a dataset, and is made anew. */
    static final Map<String, @Nullable Object> EVERYTHING = Map.of("filter", Map.of("hidden", false));

    DatasetMerge(Means means) {
        super(means);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Mono<JsonObject> result(Command command) {
        Wish wish = Wish.of(command);
        Map<String, @Nullable Object> configuration = Map.of(
                "name",
                String.valueOf(wish.name()),
                "datasetsIds",
                List.copyOf(wish.sources()),
                "withMetadata",
                wish.isMetadataWanted());
        return Mono.just(JsonObject.EMPTY
                .with("mergeDatasetsConfiguration", configuration)
                .with("returnedModelId", wish.target()));
    }
}
