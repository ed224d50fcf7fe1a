package io.sluice.itemservice.item;

import java.time.Clock;
import java.util.Collection;
import java.util.List;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Makes directories, which are items too (contract core §0.25); making one that exists changes nothing. */
@Component
class Directories {

    private final Items items;
    private final Clock clock;

    Directories(Items items, Clock clock) {
        this.items = items;
        this.clock = clock;
    }

    /** The directory at that path, made with all above it when it is not there. */
    Mono<Item> ensure(String datasetId, ItemPath path, String creator) {
        return items.findAt(datasetId, path)
                .switchIfEmpty(
                        Mono.defer(() -> ensureAbove(datasetId, path, creator).then(make(datasetId, path, creator))));
    }

    /** Makes what is missing of the directories above a path. */
    Mono<Void> ensureAbove(String datasetId, ItemPath path, String creator) {
        return ensureAll(datasetId, path.ancestors(), creator);
    }

    private Mono<Void> ensureAll(String datasetId, List<ItemPath> directories, String creator) {
        if (directories.isEmpty()) {
            return Mono.empty();
        }
        return items.findAt(datasetId, directories)
                .map(Item::filename)
                .collectList()
                .flatMapMany(present -> missing(directories, present))
                .concatMap(path -> make(datasetId, path, creator))
                .then();
    }

    private static Flux<ItemPath> missing(Collection<ItemPath> wanted, Collection<String> present) {
        return Flux.fromIterable(wanted).filter(path -> !present.contains(path.value()));
    }

    /** Somebody else may make the same directory at the same moment; then that one is it. */
    private Mono<Item> make(String datasetId, ItemPath path, String creator) {
        return items.insert(Item.directory(datasetId, path, creator, clock))
                .onErrorResume(DuplicateKeyException.class, made -> items.findAt(datasetId, path));
    }
}
