package io.sluice.itemservice.item;

import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import io.sluice.itemservice.content.ReleasedBlobs;
import java.util.Collection;
import java.util.List;
import org.bson.types.ObjectId;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.data.domain.Sort;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The stored revisions. They name their bytes like items do, and go with their items. */
@Repository
class ItemRevisions {

    private static final String ITEM_ID = "itemId";
    private static final String NUMBER = "number";

    private final ReactiveMongoTemplate mongo;
    private final Items items;
    private final ReleasedBlobs released;
    private final ThumbnailJobs thumbnails;
    private final int most;

    ItemRevisions(
            ReactiveMongoTemplate mongo,
            Items items,
            ReleasedBlobs released,
            ThumbnailJobs thumbnails,
            RevisionProperties properties) {
        this.mongo = mongo;
        this.items = items;
        this.released = released;
        this.thumbnails = thumbnails;
        this.most = properties.most();
    }

    /**
     * Gives a file other bytes and keeps what it was.
     *
     * @return fails with {@code OptimisticLockingFailureException} when it was changed or deleted since it was read
     */
    Mono<Item> replace(Item file, Item revised) {
        return released.add(List.of(ItemRevision.of(file).content().sha256()))
                .then(keep(file))
                .then(thumbnails.askInPlaceOf(file, revised))
                .then(items.save(revised))
                .onErrorResume(Items::isConflict, changed -> unlessThere(file).then(Mono.error(changed)));
    }

    /** Who deletes an item lets go of its revisions first; one that is kept after that would stay for ever. */
    private Mono<Void> unlessThere(Item file) {
        return items.state(file.id())
                .hasElement()
                .flatMap(isThere -> isThere ? Mono.<Void>empty() : forget(List.of(file.id())));
    }

    /** Lets go of the oldest, too. */
    private Mono<Void> keep(Item file) {
        return most == 0
                ? Mono.empty()
                : mongo.insert(ItemRevision.of(file))
                        .onErrorResume(DuplicateKeyException.class, kept -> Mono.empty())
                        .then(Mono.defer(() -> dropOldest(file.id())));
    }

    private Mono<Void> dropOldest(String itemId) {
        return mongo.find(query(of(itemId)).with(Sort.by(NUMBER).descending()).skip(most), ItemRevision.class)
                .collectList()
                .flatMap(this::drop);
    }

    private Mono<Void> drop(List<ItemRevision> revisions) {
        if (revisions.isEmpty()) {
            return Mono.empty();
        }
        List<String> ids = revisions.stream().map(ItemRevision::id).toList();
        return released.add(revisions.stream()
                        .map(revision -> revision.content().sha256())
                        .distinct()
                        .toList())
                .then(mongo.remove(query(where("_id").in(ids)), ItemRevision.class))
                .then();
    }

    /** The newest first. */
    Flux<ItemRevision> all(String itemId) {
        return mongo.find(query(of(itemId)).with(Sort.by(NUMBER).descending()), ItemRevision.class);
    }

    Mono<ItemRevision> find(String itemId, long number) {
        return mongo.findById(ItemRevision.idOf(itemId, number), ItemRevision.class);
    }

    /** Forgets all of items that go. */
    Mono<Void> forget(Collection<String> itemIds) {
        Criteria theirs = where(ITEM_ID).in(itemIds.stream().map(ObjectId::new).toList());
        return mongo.find(query(theirs), ItemRevision.class)
                .buffer(ItemDeletion.BATCH)
                .concatMap(this::drop, 1)
                .then();
    }

    private static Criteria of(String itemId) {
        return where(ITEM_ID).is(new ObjectId(itemId));
    }
}
