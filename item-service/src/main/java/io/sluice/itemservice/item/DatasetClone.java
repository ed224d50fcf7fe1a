package io.sluice.itemservice.item;

import io.sluice.kit.command.Command;
import io.sluice.kit.mongo.JsonObject;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Copies what matches in a dataset into a new one or into another (contract core §4.5). */
@Component
class DatasetClone extends DatasetCopy {

    static final String TYPE = "CloneDataset";

    DatasetClone(Means means) {
        super(means);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Mono<JsonObject> result(Command command) {
        return Mono.just(
                JsonObject.EMPTY.with("returnedModelId", Wish.of(command).target()));
    }
}
