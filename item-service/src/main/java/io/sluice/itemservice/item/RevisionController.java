package io.sluice.itemservice.item;

import io.sluice.itemservice.content.BlobStore;
import io.sluice.itemservice.form.FormEvent;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Objects;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Other bytes for an item, and what it was before (contract core §5.6). */
@RestController
@RequestMapping({"/api/v1/items/{itemId}", "/api/v1/datasets/{datasetId:[0-9a-f]{24}}/items/{itemId}"})
@Tag(name = "Items")
class RevisionController {

    private static final CacheControl ASKING = CacheControl.noCache().cachePrivate();

    private final Items items;
    private final ItemRevisions revisions;
    private final ItemRevising revising;
    private final UploadReader uploads;
    private final ItemUpload upload;
    private final DatasetClient datasets;
    private final BlobStore blobs;
    private final PublicUrl publicUrl;

    RevisionController(
            Items items,
            ItemRevisions revisions,
            ItemRevising revising,
            UploadReader uploads,
            ItemUpload upload,
            DatasetClient datasets,
            BlobStore blobs,
            PublicUrl publicUrl) {
        this.items = items;
        this.revisions = revisions;
        this.revising = revising;
        this.uploads = uploads;
        this.upload = upload;
        this.datasets = datasets;
        this.blobs = blobs;
        this.publicUrl = publicUrl;
    }

    /** @param file the bytes */
    private record RevisionParts(
            @Schema(type = "string", format = "binary") String file) {}

    @PostMapping(path = "/revisions", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    @Operation(
            summary = "Replace the bytes of an item",
            description =
                    "A form with the part file. The item keeps its id, its path and the metadata of its users; what it "
                            + "was is kept as a revision.",
            requestBody =
                    @RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.MULTIPART_FORM_DATA_VALUE,
                                            schema = @Schema(implementation = RevisionParts.class))))
    @Requires(Permission.UPDATE_ITEM)
    Mono<ItemView> revise(@PathVariable String itemId, Caller caller, ServerHttpRequest request) {
        Flux<FormEvent> arriving = uploads.read(request);
        return visibleFile(itemId, caller, Permission.UPDATE_ITEM)
                .materialize()
                .flatMap(allowed -> allowed.hasError()
                        ? upload.refuse(arriving, Objects.requireNonNull(allowed.getThrowable()))
                                .map(ItemUpload.Result::item)
                        : upload.revise(itemId, caller.userId(), arriving))
                .map(item -> ItemView.of(item, publicUrl.api(request)));
    }

    @GetMapping("/revisions")
    @Operation(
            summary = "List what an item was before its bytes were replaced",
            description =
                    "The newest first. Of every item the last ten are kept, or as many as the platform is set to.")
    @Requires(Permission.READ_ITEM)
    Mono<ResponseEntity<List<RevisionView>>> list(
            @PathVariable String itemId, Caller caller, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        return visibleFile(itemId, caller, Permission.READ_ITEM)
                .flatMapMany(item -> revisions.all(item.id()))
                .map(revision -> RevisionView.of(revision, api))
                .collectList()
                .map(all -> ResponseEntity.ok().cacheControl(ASKING).body(all));
    }

    @GetMapping("/revisions/{number}")
    @Operation(summary = "Get what an item was before its bytes were replaced")
    @Requires(Permission.READ_ITEM)
    Mono<ResponseEntity<RevisionView>> get(
            @PathVariable String itemId, @PathVariable long number, Caller caller, ServerHttpRequest request) {
        return visibleFile(itemId, caller, Permission.READ_ITEM)
                .flatMap(item -> revision(item, number))
                .map(revision -> ResponseEntity.ok()
                        .cacheControl(ASKING)
                        .body(RevisionView.of(revision, publicUrl.api(request))));
    }

    @GetMapping("/revisions/{number}/stream")
    @Operation(summary = "Download the bytes that an item had", description = "Serves ranges; the ETag is the SHA-256.")
    @Requires(Permission.READ_ITEM)
    Mono<Void> stream(
            @PathVariable String itemId, @PathVariable long number, Caller caller, ServerWebExchange exchange) {
        return visibleFile(itemId, caller, Permission.READ_ITEM)
                .flatMap(item -> revision(item, number)
                        .flatMap(revision -> new Download(item.restored(revision), revision.content(), blobs, false)
                                .writeTo(exchange)));
    }

    @PostMapping("/revisions/{number}/restore")
    @Operation(
            summary = "Make an item what it was",
            description = "Bytes, metadata and description; its path stays. What it is now is kept as a revision.")
    @Requires(Permission.UPDATE_ITEM)
    Mono<ItemView> restore(
            @PathVariable String itemId, @PathVariable long number, Caller caller, ServerHttpRequest request) {
        return visibleFile(itemId, caller, Permission.UPDATE_ITEM)
                .flatMap(item -> revision(item, number))
                .flatMap(revision -> revising.restore(revision, caller.userId()))
                .switchIfEmpty(Mono.error(() -> unknown(itemId)))
                .map(item -> ItemView.of(item, publicUrl.api(request)));
    }

    @PostMapping("/snapshots")
    @Operation(
            summary = "Keep what an item is as an item of its own",
            description =
                    "A copy below /.dataloop/snapshots of its dataset. Of an item that has not changed since, the "
                            + "snapshot is the one that there is.")
    @Requires(Permission.UPDATE_ITEM)
    Mono<ItemView> snapshot(@PathVariable String itemId, Caller caller, ServerHttpRequest request) {
        return visibleFile(itemId, caller, Permission.UPDATE_ITEM)
                .flatMap(item -> revising.snapshot(item, caller.userId()))
                .map(item -> ItemView.of(item, publicUrl.api(request)));
    }

    private Mono<ItemRevision> revision(Item item, long number) {
        return revisions
                .find(item.id(), number)
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("No revision " + number)));
    }

    private Mono<Item> visibleFile(String itemId, Caller caller, Permission permission) {
        return items.find(itemId)
                .switchIfEmpty(datasets.refuse(caller, () -> unknown(itemId)))
                .delayUntil(item -> datasets.require(caller, item.datasetId(), permission, () -> unknown(itemId)))
                .filter(item -> !item.isDirectory())
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("A directory has no bytes")));
    }

    private static ErrorResponseException unknown(String itemId) {
        return Problem.NOT_FOUND.with("No item " + itemId);
    }
}
