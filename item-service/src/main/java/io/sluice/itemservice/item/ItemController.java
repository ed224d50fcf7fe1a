package io.sluice.itemservice.item;

import io.sluice.itemservice.command.CommandView;
import io.sluice.itemservice.content.BlobStore;
import io.sluice.itemservice.content.Content;
import io.sluice.kit.access.DatasetAccess;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.command.CommandAcceptance;
import io.sluice.kit.docs.Conditional;
import io.sluice.kit.error.Problem;
import io.sluice.kit.link.Link;
import io.sluice.kit.preference.RespondAsync;
import io.sluice.kit.web.ETag;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.util.Map;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** One item by its id (contract core §5, §7). The path below a dataset means the same. */
@RestController
@RequestMapping({"/api/v1/items/{itemId}", "/api/v1/datasets/{datasetId:[0-9a-f]{24}}/items/{itemId}"})
@Tag(name = "Items")
class ItemController {

    private final Items items;
    private final ItemEdit edit;
    private final ItemDeletion deletion;
    private final CommandAcceptance commands;
    private final DatasetClient datasets;
    private final ItemLinks links;
    private final BlobStore blobs;
    private final PublicUrl publicUrl;

    ItemController(
            Items items,
            ItemEdit edit,
            ItemDeletion deletion,
            CommandAcceptance commands,
            DatasetClient datasets,
            ItemLinks links,
            BlobStore blobs,
            PublicUrl publicUrl) {
        this.items = items;
        this.edit = edit;
        this.deletion = deletion;
        this.commands = commands;
        this.datasets = datasets;
        this.links = links;
        this.blobs = blobs;
        this.publicUrl = publicUrl;
    }

    @GetMapping
    @Operation(summary = "Get an item")
    @Requires(Permission.READ_ITEM)
    Mono<ResponseEntity<ItemView>> get(@PathVariable String itemId, Caller caller, ServerHttpRequest request) {
        Mono<ResponseEntity<ItemView>> whole =
                visible(itemId, caller, Permission.READ_ITEM).map(item -> reply(item, request));
        return request.getHeaders().containsHeader(HttpHeaders.IF_NONE_MATCH)
                ? unchanged(itemId, caller, request).switchIfEmpty(whole)
                : whole;
    }

    /** The answer to who has the item already; nothing of what it holds is read for that. */
    private Mono<ResponseEntity<ItemView>> unchanged(String itemId, Caller caller, ServerHttpRequest request) {
        return items.state(itemId)
                .switchIfEmpty(datasets.refuse(caller, () -> unknown(itemId)))
                .delayUntil(state ->
                        datasets.require(caller, state.datasetId(), Permission.READ_ITEM, () -> unknown(itemId)))
                .map(state -> etagOf(state, request))
                .filter(etag -> etag.isKnownTo(request))
                .map(etag -> etag.reply(HttpStatus.NOT_MODIFIED).build());
    }

    @PatchMapping
    @Operation(
            summary = "Change an item",
            description = "A merge patch of filename, description and metadata: objects merge, null removes. "
                    + "metadata.system changes only with system=true.")
    @Requires(Permission.UPDATE_ITEM)
    @Conditional
    Mono<ResponseEntity<ItemView>> update(
            @PathVariable String itemId,
            @Parameter(description = "Whether metadata.system may be changed") @RequestParam(defaultValue = "false")
                    boolean system,
            @RequestBody Map<String, @Nullable Object> changes,
            Caller caller,
            ServerHttpRequest request) {
        return visible(itemId, caller, Permission.UPDATE_ITEM)
                .flatMap(item -> edit.apply(
                        itemId,
                        ItemPatch.parse(changes, system),
                        caller.userId(),
                        current -> requireMatch(current, request)))
                .switchIfEmpty(Mono.error(() -> unknown(itemId)))
                .map(item -> reply(item, request));
    }

    @DeleteMapping
    @Operation(
            summary = "Delete an item",
            description = "A directory goes with all that is in it: before it is answered, or, with Prefer: "
                    + "respond-async, as a command.")
    @Parameter(
            in = ParameterIn.HEADER,
            name = "Prefer",
            description = "respond-async (RFC 7240): answer before a directory is deleted",
            example = "respond-async",
            schema = @Schema(type = "string"))
    @ApiResponse(responseCode = "204", description = "Deleted", content = @io.swagger.v3.oas.annotations.media.Content)
    @ApiResponse(
            responseCode = "202",
            description = "Accepted, as preferred; Location is where to look",
            content =
                    @io.swagger.v3.oas.annotations.media.Content(schema = @Schema(implementation = CommandView.class)))
    @Requires(Permission.DELETE_ITEM)
    @Conditional
    Mono<ResponseEntity<CommandView>> delete(@PathVariable String itemId, Caller caller, ServerHttpRequest request) {
        if (!ObjectId.isValid(itemId)) {
            return Mono.error(Problem.VALIDATION_FAILED.at("itemId", "must have 24 hexadecimal characters"));
        }
        boolean later = RespondAsync.isPreferredBy(request);
        return visible(itemId, caller, Permission.DELETE_ITEM)
                .doOnNext(item -> requireMatch(item, request))
                .flatMap(item -> later && item.isDirectory()
                        ? deleteLater(item, caller, request)
                        : deletion.delete(item)
                                .thenReturn(ResponseEntity.noContent().build()));
    }

    private Mono<ResponseEntity<CommandView>> deleteLater(Item directory, Caller caller, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        return access(directory, caller, Permission.DELETE_ITEM)
                .flatMap(access -> commands.accept(
                        caller, access.order(DirectoryDeletion.TYPE, DirectoryDeletion.whatOf(directory))))
                .map(command -> CommandView.of(command, api))
                .map(view -> RespondAsync.accepted(URI.create(view.url()), view));
    }

    @GetMapping("/stream")
    @Operation(
            summary = "Download the bytes of an item",
            description =
                    "Serves ranges; the ETag is the SHA-256. With digest=sha-256:… they are these bytes or none, and "
                            + "a cache of the caller's own may keep them for good. Of a link by id they are those of the item "
                            + "that it links to, where the caller may read that; with x-dl-sanitize: 0 its own.")
    @Requires(Permission.READ_ITEM)
    Mono<Void> stream(
            @PathVariable String itemId,
            @Parameter(
                            description =
                                    "Which bytes: `sha-256:` and 64 hexadecimal characters; 404 when the item has others",
                            schema = @Schema(pattern = "^sha-256:[0-9a-f]{64}$"))
                    @RequestParam(required = false)
                    @Nullable
                    String digest,
            Caller caller,
            ServerWebExchange exchange) {
        return visible(itemId, caller, Permission.READ_ITEM)
                .doOnNext(item -> saySanitized(item, exchange.getResponse().getHeaders()))
                .flatMap(item -> links.follow(item, caller, exchange.getRequest()))
                .flatMap(item -> stream(itemId, item, digest, exchange));
    }

    private static void saySanitized(Item item, HttpHeaders headers) {
        if (ItemLinks.isLink(item)) {
            headers.add(HttpHeaders.VARY, ItemLinks.SANITIZE);
        }
    }

    /** @param item which has the bytes; perhaps another one than that of the address */
    private Mono<Void> stream(String itemId, Item item, @Nullable String digest, ServerWebExchange exchange) {
        Content content = item.content();
        if (content == null) {
            return Mono.error(Problem.NOT_FOUND.with("A directory has no bytes"));
        }
        if (digest != null) {
            DigestAddress.requireNamed(digest, content);
        }
        String address = publicUrl.api(exchange.getRequest()) + "/items/" + itemId + "/stream";
        HttpHeaders headers = exchange.getResponse().getHeaders();
        headers.add(HttpHeaders.LINK, DigestAddress.of(address, content).toString());
        return new Download(item, content, blobs, digest != null).writeTo(exchange);
    }

    /** Not a member and no such item look the same. */
    private Mono<Item> visible(String itemId, Caller caller, Permission permission) {
        return items.find(itemId)
                .switchIfEmpty(datasets.refuse(caller, () -> unknown(itemId)))
                .delayUntil(item -> access(item, caller, permission));
    }

    private Mono<DatasetAccess> access(Item item, Caller caller, Permission permission) {
        return datasets.require(caller, item.datasetId(), permission, () -> unknown(item.id()));
    }

    private static ErrorResponseException unknown(String itemId) {
        return Problem.NOT_FOUND.with("No item " + itemId);
    }

    private ResponseEntity<ItemView> reply(Item item, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        // Its own address does not say in which dataset it is.
        Link collection = new Link(api + "/datasets/" + item.datasetId() + "/items", "collection");
        return etagOf(item, request)
                .reply(HttpStatus.OK)
                .header(HttpHeaders.LINK, collection.toString())
                .body(ItemView.of(item, api));
    }

    /** What the platform has noted meanwhile, such as a thumbnail, takes nothing from anybody's change. */
    private void requireMatch(Item item, ServerHttpRequest request) {
        try {
            etagOf(item, request).requireMatch(request);
        } catch (ErrorResponseException another) {
            if (!item.isOnlyNoted()) {
                throw another;
            }
            etagOf(new Items.State(item.id(), item.version() - 1, item.datasetId()), request)
                    .requireMatch(request);
        }
    }

    private ETag etagOf(Item item, ServerHttpRequest request) {
        return etagOf(Items.State.of(item), request);
    }

    private ETag etagOf(Items.State state, ServerHttpRequest request) {
        return ETag.of(state.id(), state.version(), publicUrl.api(request));
    }
}
