package io.sluice.itemservice.item;

import io.sluice.itemservice.content.BlobStore;
import io.sluice.itemservice.content.Content;
import io.sluice.itemservice.content.MediaProbe;
import io.sluice.itemservice.content.ReleasedBlobs;
import io.sluice.itemservice.content.StagedContent;
import io.sluice.itemservice.dataset.GoneDatasets;
import io.sluice.itemservice.form.FormEvent;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes one file into a dataset (contract core §6). In this order, so that a crash at any point leaves either the whole
 * item or none: bytes to the disk, synced; their name in the store; directories; the document; then the answer.
 */
@Component
class ItemUpload {

    private static final String FPS = "fps";

    /** What the platform says of the bytes; a client's word on these is ignored. */
    static final Set<String> OWN_SYSTEM_KEYS = Set.of(
            "size",
            "mimetype",
            "originalname",
            "encoding",
            "originalPath",
            "width",
            "height",
            "channels",
            "exif",
            "refs",
            "shebang",
            "duration",
            FPS,
            "ffmpeg",
            Thumbnails.ID,
            Thumbnails.ERROR);

    private final Items items;
    private final Directories directories;
    private final BlobStore blobs;
    private final ReleasedBlobs released;
    private final ItemRevisions revisions;
    private final MediaProbe probe;
    private final ThumbnailJobs thumbnails;
    private final GoneDatasets gone;
    private final JsonMapper json;
    private final Clock clock;

    ItemUpload(
            Items items,
            Directories directories,
            BlobStore blobs,
            ReleasedBlobs released,
            ItemRevisions revisions,
            MediaProbe probe,
            ThumbnailJobs thumbnails,
            GoneDatasets gone,
            JsonMapper json,
            Clock clock) {
        this.items = items;
        this.directories = directories;
        this.blobs = blobs;
        this.released = released;
        this.revisions = revisions;
        this.probe = probe;
        this.thumbnails = thumbnails;
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

    Mono<Result> upload(String datasetId, Mode mode, String caller, Flux<FormEvent> parts) {
        return Mono.usingWhen(
                Mono.fromSupplier(() -> new UploadForm(json, blobs)),
                form -> form.read(parts, begun -> isWanted(datasetId, mode, begun))
                        .then(Mono.defer(() -> store(datasetId, mode, caller, form))),
                form -> Mono.empty(),
                (form, failure) -> letGo(form),
                this::letGo);
    }

    /**
     * Gives a file other bytes; it keeps its path and what users say of it.
     *
     * @return fails when it is deleted meanwhile
     */
    Mono<Item> revise(String itemId, String caller, Flux<FormEvent> parts) {
        return Mono.usingWhen(
                Mono.fromSupplier(() -> new UploadForm(json, blobs)),
                form -> form.read(parts, begun -> Mono.just(true)).then(Mono.defer(() -> revise(itemId, caller, form))),
                form -> Mono.empty(),
                (form, failure) -> letGo(form),
                this::letGo);
    }

    private Mono<Item> revise(String itemId, String caller, UploadForm form) {
        StagedContent staged = form.staged();
        if (staged == null) {
            return Mono.error(
                    Problem.VALIDATION_FAILED.at("file", "is missing; send the bytes in a part of this name"));
        }
        return items.find(itemId)
                .flatMap(item -> probe.describe(staged, item.name()))
                .flatMap(found -> blobs.publish(staged)
                        .then(Mono.defer(() -> items.find(itemId)))
                        .flatMap(item -> revisions.replace(item, revised(item, staged, found, caller)))
                        .retryWhen(Items.AGAIN_ON_CONFLICT))
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("No item " + itemId)))
                .delayUntil(item -> blobs.settle(staged));
    }

    private Item revised(Item item, StagedContent staged, Map<String, @Nullable Object> found, String caller) {
        JsonObject before = item.metadata().object(Item.SYSTEM);
        Map<String, @Nullable Object> system = new LinkedHashMap<>(
                system(item.metadata(), item.path(), staged.content(), found).members());
        system.put("refs", before.members().getOrDefault("refs", List.of()));
        boolean isOurs = Objects.equals(
                before.members().get(FPS), item.metadata().members().get(FPS));
        JsonObject metadata = metadata(isOurs ? item.metadata().without(FPS) : item.metadata(), new JsonObject(system));
        return item.overwrittenBy(Item.file(
                item.datasetId(), item.path(), staged.content(), metadata, item.description(), caller, clock));
    }

    /** Reads an upload to its end that is refused, whatever is in it. */
    Mono<Result> refuse(Flux<FormEvent> parts, Throwable reason) {
        return Mono.defer(() -> new UploadForm(json, blobs).refuse(parts, reason))
                .then(Mono.error(reason));
    }

    /** The bytes of a file that would be skipped anyway need not be written down. */
    private Mono<Boolean> isWanted(String datasetId, Mode mode, UploadForm form) {
        String path = form.field("path");
        if (path == null || mode == Mode.OVERWRITE) {
            return Mono.just(true);
        }
        return Mono.defer(() -> items.findAt(datasetId, ItemPath.ofFile("path", path)))
                .doOnNext(ItemUpload::requireFile)
                .hasElement()
                .map(exists -> !exists);
    }

    private Mono<Result> store(String datasetId, Mode mode, String caller, UploadForm form) {
        String path = form.field("path");
        if (path == null) {
            return Mono.error(Problem.VALIDATION_FAILED.at("path", "is missing; say where the item goes"));
        }
        String type = form.field("type");
        if (Item.DIRECTORY.equals(type)) {
            return makeDirectory(datasetId, path, caller).flatMap(made -> existing(made, form));
        }
        if (type != null && !Item.FILE.equals(type)) {
            return Mono.error(Problem.VALIDATION_FAILED.at("type", "must be file or dir"));
        }
        if (!form.hasFile()) {
            return Mono.error(
                    Problem.VALIDATION_FAILED.at("file", "is missing; send the bytes in a part of this name"));
        }
        ItemPath target = ItemPath.ofFile("path", path);
        StagedContent staged = form.staged();
        return staged == null ? skip(datasetId, target, form) : store(datasetId, target, mode, caller, form, staged);
    }

    /** The path was taken when the file began, so its bytes were not kept. */
    private Mono<Result> skip(String datasetId, ItemPath path, UploadForm form) {
        return items.findAt(datasetId, path)
                .doOnNext(ItemUpload::requireFile)
                .flatMap(existing -> existing(existing, form))
                .switchIfEmpty(Mono.error(() ->
                        Problem.CHANGED_MEANWHILE.with("The item was deleted at the same moment; upload it again")));
    }

    private Mono<Result> store(
            String datasetId, ItemPath path, Mode mode, String caller, UploadForm form, StagedContent staged) {
        return probe.describe(staged, path.name())
                .map(found -> Item.file(
                        datasetId,
                        path,
                        staged.content(),
                        metadata(form.metadata(), system(form.metadata(), path, staged.content(), found)),
                        form.description(),
                        caller,
                        clock))
                .flatMap(item -> Mono.when(blobs.publish(staged), thumbnails.ask(item))
                        .then(put(item, mode))
                        .delayUntil(result ->
                                result.item().id().equals(item.id()) ? Mono.empty() : thumbnails.forget(item.id())))
                .flatMap(result -> result.outcome() == Outcome.EXISTED
                        ? existing(result.item(), form)
                        : blobs.settle(staged).thenReturn(result));
    }

    private Mono<Result> existing(Item item, UploadForm form) {
        return letGo(form).thenReturn(new Result(item, Outcome.EXISTED));
    }

    /** Gives up bytes that no document names, or only perhaps: when they were published, the sweep looks at them. */
    private Mono<Void> letGo(UploadForm form) {
        BlobStore.Writing writing = form.writing();
        StagedContent staged = form.staged();
        if (writing == null) {
            return Mono.empty();
        }
        return (staged == null
                        ? Mono.<Void>empty()
                        : released.add(List.of(staged.content().sha256())))
                .then(writing.abandon());
    }

    Mono<Item> makeDirectory(String datasetId, String path, String caller) {
        ItemPath directory = ItemPath.ofDirectory("path", path);
        if (directory.isRoot()) {
            return Mono.error(Problem.VALIDATION_FAILED.at("path", "must name a directory; the root is always there"));
        }
        return directories.ensure("path", datasetId, directory, caller);
    }

    /** The SDK reads how many pictures a second a video has beside what the platform says, not in it (contract ml §A.4). */
    static JsonObject metadata(JsonObject given, JsonObject system) {
        JsonObject metadata = given.with(Item.SYSTEM, system);
        Object fps = system.members().get(FPS);
        return fps == null ? metadata : metadata.with(FPS, fps);
    }

    /** @param found what the bytes say of themselves */
    static JsonObject system(JsonObject given, ItemPath path, Content content, Map<String, @Nullable Object> found) {
        Map<String, @Nullable Object> system =
                new LinkedHashMap<>(given.object(Item.SYSTEM).members());
        system.keySet().removeAll(OWN_SYSTEM_KEYS);
        system.put("originalname", path.name());
        system.put("originalPath", path.value());
        system.put("size", content.size());
        system.put("encoding", "7bit");
        system.putAll(found);
        system.put("refs", List.of());
        return new JsonObject(system);
    }

    /** Writes the document of an item, whose bytes are published, and the directories above it. */
    Mono<Result> put(Item item, Mode mode) {
        return ensureAbove(item)
                .then(Mono.defer(() -> insertOrReplace(item, mode)))
                .retryWhen(Items.AGAIN_ON_CONFLICT)
                .delayUntil(result -> unlessDatasetGone(result.item()))
                // Again, because somebody may have deleted them since.
                .delayUntil(result -> result.outcome() == Outcome.CREATED ? ensureAbove(item) : Mono.empty());
    }

    private Mono<Void> ensureAbove(Item item) {
        return directories.ensureAbove("path", item.datasetId(), item.path(), item.creator());
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
                                .doOnNext(ItemUpload::requireFile)
                                .flatMap(existing -> replace(existing, item, mode)));
    }

    private static void requireFile(Item existing) {
        if (existing.isDirectory()) {
            throw Problem.NAME_TAKEN.at("path", "is the path of a directory");
        }
    }

    private Mono<Result> replace(Item existing, Item item, Mode mode) {
        if (mode == Mode.SKIP) {
            return Mono.just(new Result(existing, Outcome.EXISTED));
        }
        return revisions
                .replace(existing, existing.overwrittenBy(item))
                .map(saved -> new Result(saved, Outcome.OVERWRITTEN));
    }

    /**
     * Looked at after the document is written: the deletion of a dataset first says that it is gone and then deletes, so
     * either it finds this item or this finds the dataset gone.
     */
    private Mono<Void> unlessDatasetGone(Item item) {
        return gone.contains(item.datasetId())
                .flatMap(isGone -> isGone
                        ? items.delete(List.of(item.id()))
                                .then(Mono.error(() -> DatasetClient.unknownDataset(item.datasetId())))
                        : Mono.empty());
    }
}
