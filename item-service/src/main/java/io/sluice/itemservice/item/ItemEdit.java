package io.sluice.itemservice.item;

import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.query.Condition;
import io.sluice.kit.query.Query;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Changes items so that no change of another is lost: each is read, changed and written back only if nobody wrote in
 * between; otherwise again.
 */
@Component
class ItemEdit {

    private static final int AT_ONCE = 8;

    private final Items items;
    private final Directories directories;
    private final DirectoryMove directoryMove;
    private final Clock clock;

    ItemEdit(Items items, Directories directories, DirectoryMove directoryMove, Clock clock) {
        this.items = items;
        this.directories = directories;
        this.directoryMove = directoryMove;
        this.clock = clock;
    }

    /**
     * Changes one item.
     *
     * @param precondition looks at the item as it is and throws when it must not be changed
     * @return the item as it is now; empty when there is none of that id
     */
    Mono<Item> apply(String itemId, ItemPatch patch, String caller, Consumer<Item> precondition) {
        return edit(itemId, item -> patch, caller, precondition);
    }

    /** Changes all items that match and tells how many there were. */
    Mono<Long> apply(String datasetId, Condition condition, ItemPatch patch, String caller) {
        return items.idsOf(datasetId, condition)
                .flatMap(itemId -> edit(itemId, item -> patch, caller, item -> {}), AT_ONCE)
                .count();
    }

    /** Notes of all items that match what they belong to, or not any more, and tells how many there were. */
    Mono<Long> refer(String datasetId, Condition condition, Query.References references, String caller) {
        return items.idsOf(datasetId, condition)
                .flatMap(
                        itemId -> Mono.defer(() -> items.find(itemId))
                                .flatMap(item -> refer(item, references, caller))
                                .retryWhen(Items.AGAIN_ON_CONFLICT),
                        AT_ONCE)
                .count();
    }

    private Mono<Item> refer(Item item, Query.References references, String caller) {
        JsonObject referring = ItemReferences.change(item.metadata(), references);
        return referring.equals(item.metadata())
                ? Mono.just(item)
                : items.saveMetadata(item.edited(item.description(), referring, caller, clock.instant()));
    }

    /** Changes those of the items that are not so already: an item that was changed before a crash is not changed again. */
    Mono<Void> applyOnce(List<String> itemIds, ItemPatch patch, String caller) {
        return Flux.fromIterable(itemIds)
                .flatMap(
                        itemId -> Mono.defer(() -> items.find(itemId))
                                .filter(item -> patch.changes(item))
                                .flatMap(item -> change(item, patch, caller))
                                .retryWhen(Items.AGAIN_ON_CONFLICT),
                        AT_ONCE)
                .then();
    }

    /**
     * Puts items into a directory under their own names, one after the other. Nothing moves when one of them does not
     * exist in the dataset of the directory.
     */
    Mono<Void> moveInto(Item directory, List<String> itemIds, String caller) {
        return items.missing(directory.datasetId(), itemIds)
                .flatMap(missing -> Mono.<Void>error(Problem.NOT_FOUND.with("No item " + missing)))
                .thenMany(Flux.fromIterable(itemIds))
                .concatMap(itemId ->
                        edit(itemId, item -> ItemPatch.move(directory.path().child(item.name())), caller, item -> {}))
                .then();
    }

    private Mono<Item> edit(
            String itemId, Function<Item, ItemPatch> patch, String caller, Consumer<Item> precondition) {
        return Mono.defer(() -> items.find(itemId))
                .doOnNext(precondition)
                .flatMap(item -> change(item, patch.apply(item), caller))
                .retryWhen(Items.AGAIN_ON_CONFLICT);
    }

    private Mono<Item> change(Item item, ItemPatch patch, String caller) {
        String filename = patch.filename();
        if (filename == null) {
            return items.saveMetadata(patch.applyTo(item, caller, clock.instant()));
        }
        ItemPath target =
                item.isDirectory() ? ItemPath.ofDirectory("filename", filename) : ItemPath.ofFile("filename", filename);
        // A move that was cut short is finished by repeating it, and before the next one begins.
        return directoryMove.finish(item).flatMap(settled -> {
            Item edited = patch.applyTo(settled, caller, clock.instant());
            return target.equals(settled.path()) ? items.saveMetadata(edited) : move(edited, target, caller);
        });
    }

    private Mono<Item> move(Item item, ItemPath target, String caller) {
        if (target.isRoot() || item.isDirectory() && target.isBelow(item.path())) {
            return Mono.error(Problem.VALIDATION_FAILED.at("filename", "must not be the root, nor below itself"));
        }
        return items.findAt(item.datasetId(), target)
                .flatMap(occupant -> Mono.<Item>error(taken(target)))
                .switchIfEmpty(Mono.defer(() -> ensureAbove(item, target, caller)
                        .then(items.save(item.movedTo(target)))
                        .onErrorMap(DuplicateKeyException.class, occupied -> taken(target))))
                // Again, because somebody may have deleted them since.
                .delayUntil(moved -> ensureAbove(item, target, caller))
                .flatMap(directoryMove::finish);
    }

    private Mono<Void> ensureAbove(Item item, ItemPath target, String caller) {
        return directories.ensureAbove("filename", item.datasetId(), target, caller);
    }

    private static ErrorResponseException taken(ItemPath target) {
        return Problem.NAME_TAKEN.at("filename", target.value() + " exists already");
    }
}
