package io.sluice.itemservice.item;

import io.sluice.kit.command.Command;
import io.sluice.kit.mongo.JsonObject;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Counts from the beginning what the datasets of a project hold, as a command. */
@Component
class AnnotationCount extends WorkOnDatasets {

    static final String TYPE = "CountAnnotations";

    private static final int AT_ONCE = 4;

    private final DatasetCounts counts;

    AnnotationCount(DatasetCounts counts) {
        this.counts = counts;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    Mono<Void> carryOut(Command command, String datasetId) {
        return counts.reset(datasetId).then(counts.of(datasetId)).then();
    }

    @Override
    public Mono<JsonObject> result(Command command) {
        return Flux.fromIterable(datasetsOf(command))
                .flatMap(counts::of, AT_ONCE)
                .reduce(FileCount.NONE, FileCount::plus)
                .map(sum -> JsonObject.EMPTY
                        .with("projectId", command.projectId())
                        .with("annotationsCount", sum.annotations())
                        .with("annotatedItemsCount", sum.annotated())
                        .with("itemsCount", sum.visible()));
    }
}
