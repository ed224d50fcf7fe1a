package io.sluice.itemservice.item;

import io.sluice.kit.error.Problem;
import io.sluice.kit.query.Condition;
import java.time.Clock;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Changes items so that no change of another is lost: each is read, changed and written back only if nobody wrote in
 * between; otherwise again.
 */
@Component
class ItemEdit {

    private static final int CONFLICT_RETRIES = 10;
    private static final int AT_ONCE = 8;

    private final Items items;
    private final Directories directories;
    private final Clock clock;

    ItemEdit(Items items, Directories directories, Clock clock) {
        this.items = items;
        this.directories = directories;
        this.clock = clock;
    }

    /**
     * Changes one item.
     *
     * @param precondition looks at the item as it is and throws when it must not be changed
     * @return the item as it is now; empty when there is none of that id
     */
    Mono<Item> apply(String itemId, ItemPatch patch, String caller, Consumer<Item> precondition) {
        return Mono.defer(() -> items.find(itemId).doOnNext(precondition).flatMap(item -> change(item, patch, caller)))
                .retryWhen(Retry.max(CONFLICT_RETRIES).filter(OptimisticLockingFailureException.class::isInstance))
                .onErrorMap(
                        failure -> failure.getCause() instanceof OptimisticLockingFailureException,
                        failure -> Problem.CHANGED_MEANWHILE.with("The item is being changed by many; try again"));
    }

    /** Changes all items that match and tells how many there were. */
    Mono<Long> apply(String datasetId, Condition condition, ItemPatch patch, String caller) {
        return items.idsOf(datasetId, condition)
                .flatMap(itemId -> apply(itemId, patch, caller, item -> {}), AT_ONCE)
                .count();
    }

    /** Puts an item into a directory under its own name. */
    Mono<Item> moveInto(Item directory, String itemId, String caller) {
        return items.find(itemId)
                .filter(item -> item.datasetId().equals(directory.datasetId()))
                .flatMap(item -> apply(
                        itemId,
                        new ItemPatch(directory.path().child(item.name()).value(), false, null, Map.of()),
                        caller,
                        same -> {}));
    }

    private Mono<Item> change(Item item, ItemPatch patch, String caller) {
        Item edited = patch.applyTo(item, caller, clock.instant());
        String filename = patch.filename();
        if (filename == null || filename.equals(item.filename())) {
            return items.save(edited);
        }
        ItemPath target =
                item.isDirectory() ? ItemPath.ofDirectory("filename", filename) : ItemPath.ofFile("filename", filename);
        return target.equals(item.path()) ? items.save(edited) : move(edited, target, caller);
    }

    private Mono<Item> move(Item item, ItemPath target, String caller) {
        if (target.isRoot() || item.isDirectory() && target.isBelow(item.path())) {
            return Mono.error(Problem.VALIDATION_FAILED.at("filename", "must not be the root, nor below itself"));
        }
        Mono<Void> children = item.isDirectory() ? moveChildren(item, target, caller) : Mono.empty();
        return items.findAt(item.datasetId(), target)
                .flatMap(occupant -> Mono.<Item>error(taken(target)))
                .switchIfEmpty(Mono.defer(() -> directories
                        .ensureAbove(item.datasetId(), target, caller)
                        .then(children)
                        .then(items.save(item.movedTo(target)))))
                .onErrorMap(DuplicateKeyException.class, occupied -> taken(target));
    }

    /**
     * Children go first and the directory itself last: a move that was cut short is finished by repeating it, because
     * until then the directory is where it was.
     */
    private Mono<Void> moveChildren(Item directory, ItemPath target, String caller) {
        return directories
                .ensureAbove(directory.datasetId(), target, caller)
                .thenMany(items.below(directory.datasetId(), directory.path()))
                .concatMap(child -> items.save(child.movedTo(child.path().moved(directory.path(), target))))
                .then();
    }

    private static RuntimeException taken(ItemPath target) {
        return Problem.NAME_TAKEN.at("filename", target.value() + " exists already");
    }
}
