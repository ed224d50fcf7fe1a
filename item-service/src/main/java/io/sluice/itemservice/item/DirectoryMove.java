package io.sluice.itemservice.item;

import io.sluice.kit.error.Problem;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Takes along what is in a directory when the directory has moved. The directory goes first and remembers where it came
 * from until everything has followed: nobody else gets its new path, and whoever meets it after a crash can finish the
 * move. Doing any step twice changes nothing.
 */
@Component
class DirectoryMove {

    private static final int AT_ONCE = 8;

    private final Items items;
    private final Directories directories;
    private final Clock clock;

    DirectoryMove(Items items, Directories directories, Clock clock) {
        this.items = items;
        this.directories = directories;
        this.clock = clock;
    }

    /** Moves what is still where the directory was; a directory that is not on its way is answered as it is. */
    Mono<Item> finish(Item directory) {
        String before = directory.movedFrom();
        if (before == null) {
            return Mono.just(directory);
        }
        ItemPath from = new ItemPath(before);
        return items.below(directory.datasetId(), from)
                .flatMap(child -> follow(directory, from, child), AT_ONCE)
                // One of each directory; and only when all have moved, because the directory may be one that moves.
                .collectMap(left -> left.path().parent(), left -> left)
                .flatMap(left -> Flux.fromIterable(left.values())
                        .concatMap(stays ->
                                directories.ensureAbove("filename", stays.datasetId(), stays.path(), stays.creator()))
                        .then(arrived(directory, before))
                        .flatMap(arrived -> left.isEmpty() ? Mono.just(arrived) : Mono.error(taken(left.values()))));
    }

    private static RuntimeException taken(Collection<Item> left) {
        return Problem.NAME_TAKEN.at(
                "filename",
                "something had come to where " + left.iterator().next().filename()
                        + " was to go; it is where it was, everything else has moved");
    }

    /** Empty when the child is where it belongs now, or gone; itself when it has to stay. */
    private Mono<Item> follow(Item directory, ItemPath from, Item child) {
        return Mono.just(child)
                .flatMap(known -> items.save(known.carriedAlong(from, directory.path(), clock.instant())))
                .onErrorResume(
                        Items::isConflict,
                        changed -> items.find(child.id())
                                .filter(current -> current.path().isBelow(from))
                                .flatMap(current ->
                                        items.save(current.carriedAlong(from, directory.path(), clock.instant()))))
                .retryWhen(Items.AGAIN_ON_CONFLICT)
                .flatMap(moved -> Mono.<Item>empty())
                .onErrorResume(DuplicateKeyException.class, taken -> merge(directory, from, child));
    }

    /** Something is at the new place already: with a directory this one becomes one, anything else has to stay. */
    private Mono<Item> merge(Item directory, ItemPath from, Item child) {
        return items.findAt(directory.datasetId(), child.path().moved(from, directory.path()))
                .filter(there -> there.isDirectory() && child.isDirectory())
                .flatMap(there -> items.delete(List.of(child.id())).thenReturn(true))
                .defaultIfEmpty(false)
                .flatMap(isOne -> isOne ? Mono.empty() : Mono.just(child));
    }

    private Mono<Item> arrived(Item directory, String from) {
        return Mono.defer(() -> items.find(directory.id()))
                .flatMap(current ->
                        from.equals(current.movedFrom()) ? items.save(current.arrived()) : Mono.just(current))
                .retryWhen(Items.AGAIN_ON_CONFLICT)
                .defaultIfEmpty(directory);
    }
}
