package io.sluice.itemservice.item;

import io.sluice.itemservice.annotation.AnnotationCounts;
import io.sluice.itemservice.content.ReleasedBlobs;
import io.sluice.itemservice.dataset.GoneDatasets;
import io.sluice.kit.query.Condition;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bson.types.ObjectId;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Deletes items: first it is written down that their bytes may have become nobody's, then the documents go. */
@Component
class ItemDeletion {

    /** As many as are deleted in one go. */
    static final int BATCH = 500;

    private final Items items;
    private final Directories directories;
    private final DirectoryMove directoryMove;
    private final ReleasedBlobs released;
    private final GoneDatasets gone;
    private final ItemCollections collections;
    private final ItemRevisions revisions;
    private final AnnotationCounts annotations;
    private final DatasetSchemas schemas;
    private final DatasetCounts counts;

    ItemDeletion(
            Items items,
            Directories directories,
            DirectoryMove directoryMove,
            ReleasedBlobs released,
            GoneDatasets gone,
            ItemCollections collections,
            ItemRevisions revisions,
            AnnotationCounts annotations,
            DatasetSchemas schemas,
            DatasetCounts counts) {
        this.items = items;
        this.directories = directories;
        this.directoryMove = directoryMove;
        this.released = released;
        this.gone = gone;
        this.collections = collections;
        this.revisions = revisions;
        this.annotations = annotations;
        this.schemas = schemas;
        this.counts = counts;
    }

    /** Deletes an item; a directory goes with all that is in it. */
    Mono<Void> delete(Item item) {
        return item.isDirectory() ? deleteDirectory(item) : deleteAll(List.of(Items.Entry.of(item)));
    }

    /** Deletes all items that match and tells how many there were. */
    Mono<Long> delete(String datasetId, Condition condition) {
        return items.entries(datasetId, condition)
                .buffer(BATCH)
                .concatMap(batch -> deleteMatches(batch).thenReturn(batch.size()), 1)
                .reduce(0L, Long::sum);
    }

    /**
     * Deletes some of what is in a directory, children always before their parent.
     *
     * @param from the path that it ends with
     */
    Mono<Void> deleteFrom(Item directory, String from) {
        return inBatches(items.entriesBelow(directory.datasetId(), directory.path(), from));
    }

    /** Deletes items; directories go with all that is in them. */
    Mono<Void> deleteMatches(List<Items.Entry> batch) {
        List<Items.Entry> files =
                batch.stream().filter(entry -> !entry.isDirectory()).toList();
        return deleteAll(files)
                .thenMany(Flux.fromIterable(batch))
                .filter(Items.Entry::isDirectory)
                .concatMap(directory -> items.find(directory.id()))
                .concatMap(this::delete)
                .then();
    }

    private Mono<Void> deleteDirectory(Item directory) {
        return directoryMove
                .finish(directory)
                // What could not move is not in the directory.
                .onErrorResume(ErrorResponseException.class, stayed -> Mono.empty())
                .then(items.find(directory.id()))
                .flatMap(current -> inBatches(items.entriesBelow(current.datasetId(), current.path()))
                        .then(deleteAll(List.of(Items.Entry.of(current))))
                        .then(keepTree(current)));
    }

    /** What came into the directory while it was being deleted stays, and with it the directories above. */
    private Mono<Void> keepTree(Item deleted) {
        return items.entriesBelow(deleted.datasetId(), deleted.path())
                .concatMap(left -> directories.ensureAbove(
                        "path", deleted.datasetId(), new ItemPath(left.filename()), deleted.creator()))
                .then();
    }

    /** Deletes the files of a dataset that were made before then and tells how many there were. */
    Mono<Long> deleteBefore(String datasetId, Instant then) {
        return items.filesBefore(datasetId, then)
                .buffer(BATCH)
                .concatMap(batch -> deleteAll(batch).thenReturn(batch.size()), 1)
                .reduce(0L, Long::sum);
    }

    /** Deletes everything in a dataset that is gone. Doing it again changes nothing. */
    Mono<Void> deleteDataset(String datasetId) {
        return ObjectId.isValid(datasetId) ? gone.add(datasetId).then(empty(datasetId)) : Mono.empty();
    }

    /** Deletes everything in a dataset. */
    Mono<Void> empty(String datasetId) {
        return inBatches(items.entries(datasetId))
                .then(annotations.forget(datasetId))
                .then(collections.forget(datasetId))
                .then(schemas.forget(datasetId))
                .then(counts.forget(datasetId));
    }

    private Mono<Void> inBatches(Flux<Items.Entry> doomed) {
        return doomed.buffer(BATCH).concatMap(this::deleteAll, 1).then();
    }

    /** Together with their thumbnails. */
    private Mono<Void> deleteAll(List<Items.Entry> batch) {
        return batch.isEmpty()
                ? Mono.empty()
                : thumbnailsOf(batch)
                        .concatWith(Flux.fromIterable(batch))
                        .distinct(Items.Entry::id)
                        .collectList()
                        .flatMap(this::deleteThese);
    }

    private Flux<Items.Entry> thumbnailsOf(List<Items.Entry> batch) {
        Map<String, String> owners = new HashMap<>();
        batch.forEach(entry -> {
            if (entry.thumbnailId() instanceof String thumbnailId) {
                owners.put(thumbnailId, entry.id());
            }
        });
        return owners.isEmpty()
                ? Flux.empty()
                : items.entries(owners.keySet())
                        .filter(entry -> Thumbnails.isOf(
                                Objects.requireNonNull(owners.get(entry.id())), new ItemPath(entry.filename())));
    }

    /** One that got other bytes or a thumbnail since it was looked at stays at first: those are not taken care of yet. */
    private Mono<Void> deleteThese(List<Items.Entry> batch) {
        List<String> itemIds = batch.stream().map(Items.Entry::id).toList();
        List<String> digests = batch.stream()
                .map(Items.Entry::sha256)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        List<Object> thumbnailIds = batch.stream()
                .map(Items.Entry::thumbnailId)
                .filter(Objects::nonNull)
                .toList();
        // Revisions first: one without an item would be looked for by nobody.
        return annotations
                .aroundDeletion(
                        itemIds,
                        released.add(digests)
                                .then(revisions.forget(itemIds))
                                .then(items.deleteNaming(digests, thumbnailIds, itemIds)))
                .then(Mono.defer(() -> items.entries(itemIds).collectList()))
                .flatMap(this::deleteAll);
    }
}
