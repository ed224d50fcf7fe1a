package io.sluice.itemservice.item;

import io.sluice.itemservice.content.BlobStore;
import io.sluice.itemservice.content.Content;
import io.sluice.kit.error.Problem;
import java.time.Clock;
import java.util.List;
import org.bson.types.ObjectId;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Gives an item other bytes and keeps what it was. */
@Component
class ItemRevising {

    /** Hidden like everything that the platform makes of a dataset. */
    private static final ItemPath SNAPSHOTS = new ItemPath("/.dataloop/snapshots");

    private final Items items;
    private final ItemRevisions revisions;
    private final ItemCopies copies;
    private final BlobStore blobs;
    private final Clock clock;

    ItemRevising(Items items, ItemRevisions revisions, ItemCopies copies, BlobStore blobs, Clock clock) {
        this.items = items;
        this.revisions = revisions;
        this.copies = copies;
        this.blobs = blobs;
        this.clock = clock;
    }

    /** Empty when the item is gone. */
    Mono<Item> restore(ItemRevision revision, String by) {
        return Mono.defer(() -> items.find(revision.itemId()))
                .flatMap(file -> revisions.replace(file, restored(file, revision, by)))
                .retryWhen(Items.AGAIN_ON_CONFLICT)
                .delayUntil(file -> hold(revision.content()));
    }

    private Item restored(Item file, ItemRevision revision, String by) {
        return file.restored(revision).edited(revision.description(), revision.metadata(), by, clock.instant());
    }

    /** The revision may have gone at this moment; the item, which names the bytes now, has not. */
    private Mono<Void> hold(Content content) {
        return blobs.hold(content.sha256())
                .flatMap(isThere -> isThere
                        ? Mono.<Void>empty()
                        : Mono.error(() -> Problem.CHANGED_MEANWHILE.with("The bytes of the revision are gone")));
    }

    Mono<Item> snapshot(Item file, String by) {
        ItemPath path = ItemPath.ofFile(
                "itemId",
                SNAPSHOTS
                        .child(file.id())
                        .child(Long.toString(file.version()))
                        .child(file.name())
                        .value());
        Item copy = file.copiedTo(
                new ObjectId().toHexString(), file.datasetId(), path, file.metadata(), by, clock.instant());
        return copies.put(file.datasetId(), List.of(copy), List.of(), by, ItemCopies.WhenTaken.NUMBER_OTHERS)
                .then(items.findAt(file.datasetId(), path))
                .switchIfEmpty(Mono.error(() -> Problem.CHANGED_MEANWHILE.with("The item was deleted meanwhile")));
    }
}
