package io.sluice.itemservice.item;

import io.sluice.itemservice.content.BlobStore;
import io.sluice.itemservice.content.ReleasedBlobs;
import io.sluice.itemservice.content.StagedContent;
import io.sluice.kit.mongo.JsonObject;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Files that the platform itself writes into a dataset, also into a locked one: in the same order as an upload, and once. A
 * path that is taken keeps what it has, so that writing again after a crash changes nothing.
 */
@Component
class ServiceFiles {

    private final Items items;
    private final ItemUpload upload;
    private final BlobStore blobs;
    private final ReleasedBlobs released;
    private final Clock clock;

    ServiceFiles(Items items, ItemUpload upload, BlobStore blobs, ReleasedBlobs released, Clock clock) {
        this.items = items;
        this.upload = upload;
        this.blobs = blobs;
        this.released = released;
        this.clock = clock;
    }

    /**
     * What is known of a file.
     *
     * @param creator who asked for it
     * @param about what to keep in its {@code metadata.system} beside what is there of any file, asked when all bytes have
     *     been written
     */
    record Description(
            String datasetId,
            ItemPath path,
            String mimetype,
            String creator,
            Supplier<Map<String, @Nullable Object>> about) {}

    /** The file at that path, made of these bytes when there is none. Fails when the dataset is gone. */
    Mono<Item> ensure(Description file, Flux<byte[]> bytes) {
        return items.findAt(file.datasetId(), file.path()).switchIfEmpty(Mono.defer(() -> write(file, bytes)));
    }

    private Mono<Item> write(Description file, Flux<byte[]> bytes) {
        AtomicReference<@Nullable StagedContent> staged = new AtomicReference<>();
        return Mono.usingWhen(
                Mono.fromSupplier(blobs::begin),
                writing -> bytes.concatMap(
                                some -> writing.append(DefaultDataBufferFactory.sharedInstance.wrap(some)), 1)
                        .then(writing.finish())
                        .doOnNext(staged::set)
                        .flatMap(content -> keep(file, content, writing)),
                writing -> Mono.empty(),
                (writing, failure) -> letGo(writing, staged.get()),
                writing -> letGo(writing, staged.get()));
    }

    private Mono<Item> keep(Description file, StagedContent staged, BlobStore.Writing writing) {
        Item item = Item.file(
                file.datasetId(),
                file.path(),
                staged.content(),
                new JsonObject(Map.of(Item.SYSTEM, system(file, staged))),
                null,
                file.creator(),
                clock);
        return blobs.publish(staged)
                .then(upload.put(item, ItemUpload.Mode.SKIP))
                .delayUntil(result ->
                        result.outcome() == ItemUpload.Outcome.EXISTED ? letGo(writing, staged) : blobs.settle(staged))
                .map(ItemUpload.Result::item);
    }

    private static Map<String, @Nullable Object> system(Description file, StagedContent staged) {
        Map<String, @Nullable Object> system = new LinkedHashMap<>();
        system.put("originalname", file.path().name());
        system.put("originalPath", file.path().value());
        system.put("size", staged.content().size());
        system.put("encoding", "7bit");
        system.put("mimetype", file.mimetype());
        system.put("refs", List.of());
        system.putAll(file.about().get());
        return system;
    }

    private Mono<Void> letGo(BlobStore.Writing writing, @Nullable StagedContent staged) {
        return (staged == null
                        ? Mono.<Void>empty()
                        : released.add(List.of(staged.content().sha256())))
                .then(writing.abandon());
    }
}
