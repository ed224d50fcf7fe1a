package io.sluice.itemservice.dataset;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import java.time.Clock;
import java.time.Instant;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The datasets that were deleted. */
@Component
public class GoneDatasets {

    private final ReactiveMongoTemplate mongo;
    private final Clock clock;

    GoneDatasets(ReactiveMongoTemplate mongo, Clock clock) {
        this.mongo = mongo;
        this.clock = clock;
    }

    /** Says that a dataset is gone; comes before the deletion of what is in it. */
    public Mono<Void> add(String datasetId) {
        return mongo.save(new GoneDataset(datasetId, clock.instant(), false)).then();
    }

    public Mono<Boolean> contains(String datasetId) {
        return mongo.exists(query(where("_id").is(datasetId)), GoneDataset.class);
    }

    /** Those deleted before then at which nobody has looked again. */
    public Flux<String> toSweep(Instant before) {
        return mongo.find(query(where("isSwept").is(false).and("deletedAt").lt(before)), GoneDataset.class)
                .map(GoneDataset::datasetId);
    }

    /** Somebody has looked again: nothing is left in it. */
    public Mono<Void> swept(String datasetId) {
        return mongo.updateFirst(query(where("_id").is(datasetId)), Update.update("isSwept", true), GoneDataset.class)
                .then();
    }
}
