package io.sluice.itemservice.item;

import io.sluice.itemservice.dataset.GoneDatasets;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.error.Problem;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Makes directories, which are items too (contract core §0.25); making one that exists changes nothing. */
@Component
class Directories {

    private final Items items;
    private final GoneDatasets gone;
    private final Clock clock;

    Directories(Items items, GoneDatasets gone, Clock clock) {
        this.items = items;
        this.gone = gone;
        this.clock = clock;
    }

    /**
     * The directory at that path, made with all above it when it is not there.
     *
     * @param field where the path comes from, to be named when a file is in the way
     */
    Mono<Item> ensure(String field, String datasetId, ItemPath path, String creator) {
        return items.findAt(datasetId, path)
                .switchIfEmpty(Mono.defer(() -> ensureAll(field, datasetId, path.andAncestors(), creator)
                        .then(items.findAt(datasetId, path))))
                .doOnNext(found -> requireDirectory(field, found));
    }

    /** Makes what is missing of the directories above a path. */
    Mono<Void> ensureAbove(String field, String datasetId, ItemPath path, String creator) {
        return ensureAll(field, datasetId, path.ancestors(), creator);
    }

    /** Makes what is missing of some directories, of which each comes after those above it. */
    Mono<Void> ensureAll(String field, String datasetId, List<ItemPath> directories, String creator) {
        if (directories.isEmpty()) {
            return Mono.empty();
        }
        return items.findAt(datasetId, directories)
                .doOnNext(present -> requireDirectory(field, present))
                .collectMap(Item::filename)
                .flatMapMany(present -> missing(directories, present))
                .concatMap(path -> make(field, datasetId, path, creator))
                .collectList()
                .flatMap(made -> unlessDatasetGone(datasetId, made));
    }

    private static Flux<ItemPath> missing(List<ItemPath> wanted, Map<String, Item> present) {
        return Flux.fromIterable(wanted).filter(path -> !present.containsKey(path.value()));
    }

    private static void requireDirectory(String field, Item present) {
        if (!present.isDirectory()) {
            throw inTheWay(field, present.filename());
        }
    }

    private static ErrorResponseException inTheWay(String field, String filename) {
        return Problem.NAME_TAKEN.at(field, filename + " is a file, so nothing can be in it");
    }

    /** Somebody else may make the same directory at the same moment; then that one is it. */
    private Mono<Item> make(String field, String datasetId, ItemPath path, String creator) {
        return items.insert(Item.directory(datasetId, path, creator, clock))
                .onErrorResume(
                        DuplicateKeyException.class,
                        made -> items.findAt(datasetId, path).doOnNext(present -> requireDirectory(field, present)));
    }

    /** The deletion of a dataset first says that it is gone, then deletes: it finds these directories, or this does. */
    private Mono<Void> unlessDatasetGone(String datasetId, List<Item> made) {
        if (made.isEmpty()) {
            return Mono.empty();
        }
        return gone.contains(datasetId)
                .flatMap(isGone -> isGone
                        ? items.delete(made.stream().map(Item::id).toList())
                                .then(Mono.error(() -> DatasetClient.unknownDataset(datasetId)))
                        : Mono.empty());
    }
}
