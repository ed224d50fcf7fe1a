package io.sluice.itemservice.item;

import io.sluice.itemservice.content.ReleasedBlobs;
import io.sluice.itemservice.dataset.GoneDatasets;
import io.sluice.kit.query.Condition;
import java.util.List;
import java.util.Optional;
import org.bson.types.ObjectId;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Deletes items: first it is written down that their bytes may have become nobody's, then the documents go. */
@Component
class ItemDeletion {

    private static final int BATCH = 500;

    private final Items items;
    private final ReleasedBlobs released;
    private final GoneDatasets gone;

    ItemDeletion(Items items, ReleasedBlobs released, GoneDatasets gone) {
        this.items = items;
        this.released = released;
        this.gone = gone;
    }

    /** Deletes an item; a directory goes with all that is in it. */
    Mono<Void> delete(Item item) {
        Mono<Void> below = item.isDirectory()
                ? inBatches(items.below(item.datasetId(), item.path())).then()
                : Mono.empty();
        return below.then(deleteAll(List.of(item)));
    }

    /** Deletes all items that match and tells how many there were. */
    Mono<Long> delete(String datasetId, Condition condition) {
        return items.idsOf(datasetId, condition)
                .concatMap(items::find)
                .concatMap(item -> delete(item).thenReturn(item))
                .count();
    }

    /** Deletes everything in a dataset that is gone. */
    Mono<Void> deleteDataset(String datasetId) {
        if (!ObjectId.isValid(datasetId)) {
            return Mono.empty();
        }
        return gone.add(datasetId).then(inBatches(items.all(datasetId)).then());
    }

    private Flux<Item> inBatches(Flux<Item> doomed) {
        return doomed.buffer(BATCH).concatMap(batch -> deleteAll(batch).thenMany(Flux.fromIterable(batch)), 1);
    }

    private Mono<Void> deleteAll(List<Item> batch) {
        List<String> digests = batch.stream()
                .flatMap(item -> Optional.ofNullable(item.content()).stream())
                .map(content -> content.sha256())
                .distinct()
                .toList();
        return released.add(digests)
                .then(items.delete(batch.stream().map(Item::id).toList()));
    }
}
