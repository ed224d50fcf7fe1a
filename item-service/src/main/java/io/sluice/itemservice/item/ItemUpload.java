package io.sluice.itemservice.item;

import io.sluice.itemservice.content.BlobStore;
import io.sluice.itemservice.content.MediaProbe;
import io.sluice.itemservice.content.ReleasedBlobs;
import io.sluice.itemservice.content.StagedContent;
import io.sluice.itemservice.dataset.DatasetClient;
import io.sluice.itemservice.dataset.GoneDatasets;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.http.codec.multipart.PartEvent;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes one file into a dataset (contract core §6). In this order, so that a crash at any point leaves either the whole
 * item or none: bytes to the disk, synced; their name in the store; directories; the document; then the answer.
 */
@Component
class ItemUpload {

    private static final int CONFLICT_RETRIES = 5;

    /** What the platform says of the bytes; a client's word on these is ignored. */
    private static final Set<String> OWN_SYSTEM_KEYS = Set.of(
            "size",
            "mimetype",
            "originalname",
            "encoding",
            "originalPath",
            "width",
            "height",
            "channels",
            "refs",
            "shebang");

    private final Items items;
    private final Directories directories;
    private final BlobStore blobs;
    private final ReleasedBlobs released;
    private final MediaProbe probe;
    private final GoneDatasets gone;
    private final JsonMapper json;
    private final Clock clock;

    ItemUpload(
            Items items,
            Directories directories,
            BlobStore blobs,
            ReleasedBlobs released,
            MediaProbe probe,
            GoneDatasets gone,
            JsonMapper json,
            Clock clock) {
        this.items = items;
        this.directories = directories;
        this.blobs = blobs;
        this.released = released;
        this.probe = probe;
        this.gone = gone;
        this.json = json;
        this.clock = clock;
    }

    /** What to do when the path is taken. */
    enum Mode {
        /** Leave what is there as it is. */
        SKIP,
        /** Replace bytes, metadata and description; the id stays. */
        OVERWRITE
    }

    /** What was done; the name is what {@code x-item-op} says. */
    enum Outcome {
        CREATED("created"),
        OVERWRITTEN("overwrite"),
        EXISTED("exist");

        private final String wireName;

        Outcome(String wireName) {
            this.wireName = wireName;
        }

        String wireName() {
            return wireName;
        }
    }

    record Result(Item item, Outcome outcome) {}

    Mono<Result> upload(String datasetId, Mode mode, String caller, Flux<PartEvent> form) {
        return new UploadForm()
                .read(form, blobs, begun -> isWanted(datasetId, mode, begun))
                .flatMap(complete -> store(datasetId, mode, caller, complete));
    }

    /** The bytes of a file that would be skipped anyway need not be written down. */
    private Mono<Boolean> isWanted(String datasetId, Mode mode, UploadForm form) {
        String path = form.field("path");
        if (path == null || mode == Mode.OVERWRITE) {
            return Mono.just(true);
        }
        return items.findAt(datasetId, ItemPath.ofFile("path", path))
                .hasElement()
                .map(exists -> !exists);
    }

    private Mono<Result> store(String datasetId, Mode mode, String caller, UploadForm form) {
        StagedContent staged = form.staged();
        if (staged == null) {
            return storeNothing(datasetId, caller, form);
        }
        return Mono.usingWhen(
                Mono.just(staged),
                bytes -> describe(datasetId, caller, form, bytes)
                        .flatMap(item -> blobs.publish(bytes).then(put(item, mode)))
                        .flatMap(result -> blobs.settle(bytes).thenReturn(result)),
                blobs::abandon,
                (bytes, failure) -> blobs.abandon(bytes),
                blobs::abandon);
    }

    /** No bytes were kept: a directory, an item that is skipped, or a form without a file. */
    private Mono<Result> storeNothing(String datasetId, String caller, UploadForm form) {
        String path = form.field("path");
        if (path == null) {
            return Mono.error(Problem.VALIDATION_FAILED.at("path", "is missing; say where the item goes"));
        }
        if (Item.DIRECTORY.equals(form.field("type"))) {
            return makeDirectory(datasetId, path, caller).map(made -> new Result(made, Outcome.CREATED));
        }
        if (!form.hasFile()) {
            return Mono.error(
                    Problem.VALIDATION_FAILED.at("file", "is missing; send the bytes in a part of this name"));
        }
        return items.findAt(datasetId, ItemPath.ofFile("path", path))
                .map(existing -> new Result(existing, Outcome.EXISTED))
                .switchIfEmpty(Mono.error(() ->
                        Problem.CHANGED_MEANWHILE.with("The item was deleted at the same moment; upload it again")));
    }

    Mono<Item> makeDirectory(String datasetId, String path, String caller) {
        ItemPath directory = ItemPath.ofDirectory("path", path);
        if (directory.isRoot()) {
            return Mono.error(Problem.VALIDATION_FAILED.at("path", "must name a directory; the root is always there"));
        }
        return directories
                .ensure(datasetId, directory, caller)
                .flatMap(item -> item.isDirectory()
                        ? unlessDatasetGone(item)
                        : Mono.error(Problem.NAME_TAKEN.at("path", "is the path of a file")));
    }

    private Mono<Item> describe(String datasetId, String caller, UploadForm form, StagedContent staged) {
        String given = form.field("path");
        if (given == null) {
            return Mono.error(Problem.VALIDATION_FAILED.at("path", "is missing; say where the item goes"));
        }
        ItemPath path = ItemPath.ofFile("path", given);
        JsonObject metadata = form.metadata(json);
        String described = form.field("description");
        String description = described == null ? null : ItemPatch.description(described);
        return probe.describe(staged, path.name())
                .map(found -> Item.file(
                        datasetId,
                        path,
                        staged.content(),
                        metadata.with(Item.SYSTEM, system(metadata, path, staged, found)),
                        description,
                        caller,
                        clock));
    }

    private static JsonObject system(
            JsonObject given, ItemPath path, StagedContent staged, Map<String, @Nullable Object> found) {
        Map<String, @Nullable Object> system =
                new LinkedHashMap<>(given.object(Item.SYSTEM).members());
        system.keySet().removeAll(OWN_SYSTEM_KEYS);
        system.put("originalname", path.name());
        system.put("originalPath", path.value());
        system.put("size", staged.content().size());
        system.put("encoding", "7bit");
        system.putAll(found);
        system.put("refs", List.of());
        return new JsonObject(system);
    }

    private Mono<Result> put(Item item, Mode mode) {
        return directories
                .ensureAbove(item.datasetId(), item.path(), item.creator())
                .then(Mono.defer(() -> insertOrReplace(item, mode)))
                .retryWhen(Retry.max(CONFLICT_RETRIES).filter(OptimisticLockingFailureException.class::isInstance))
                .flatMap(result -> unlessDatasetGone(result.item()).thenReturn(result));
    }

    private Mono<Result> insertOrReplace(Item item, Mode mode) {
        return items.insert(item)
                .map(created -> new Result(created, Outcome.CREATED))
                .onErrorResume(
                        DuplicateKeyException.class,
                        taken -> items.findAt(item.datasetId(), item.path())
                                // Deleted since: the retry inserts again.
                                .switchIfEmpty(Mono.error(
                                        () -> new OptimisticLockingFailureException("The path is free again")))
                                .flatMap(existing -> replace(existing, item, mode)));
    }

    private Mono<Result> replace(Item existing, Item item, Mode mode) {
        if (existing.isDirectory()) {
            return Mono.error(Problem.NAME_TAKEN.at("path", "is the path of a directory"));
        }
        if (mode == Mode.SKIP) {
            return Mono.just(new Result(existing, Outcome.EXISTED));
        }
        var before = existing.content();
        return (before == null ? Mono.<Void>empty() : released.add(List.of(before.sha256())))
                .then(items.save(existing.overwrittenBy(item)))
                .map(saved -> new Result(saved, Outcome.OVERWRITTEN));
    }

    /**
     * Looked at after the document is written: the deletion of a dataset first says that it is gone and then deletes, so
     * either it finds this item or this finds the dataset gone.
     */
    private Mono<Item> unlessDatasetGone(Item item) {
        return gone.contains(item.datasetId())
                .flatMap(isGone -> isGone
                        ? items.delete(List.of(item.id()))
                                .then(Mono.error(() -> DatasetClient.unknownDataset(item.datasetId())))
                        : Mono.just(item));
    }
}
