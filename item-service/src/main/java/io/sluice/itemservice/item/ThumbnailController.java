package io.sluice.itemservice.item;

import io.sluice.itemservice.content.BlobStore;
import io.sluice.itemservice.content.Content;
import io.sluice.itemservice.media.NoSmallPicture;
import io.sluice.itemservice.media.ThumbnailProperties;
import io.sluice.itemservice.media.Thumbnailer;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The small picture of an item (contract core §5.6). */
@RestController
@RequestMapping({"/api/v1/items/{itemId}", "/api/v1/datasets/{datasetId:[0-9a-f]{24}}/items/{itemId}"})
@Tag(name = "Items")
class ThumbnailController {

    private static final int RETRY_AFTER_SECONDS = 2;

    private final Items items;
    private final Thumbnails thumbnails;
    private final ThumbnailJobs jobs;
    private final Thumbnailer thumbnailer;
    private final DatasetClient datasets;
    private final BlobStore blobs;

    ThumbnailController(
            Items items,
            Thumbnails thumbnails,
            ThumbnailJobs jobs,
            Thumbnailer thumbnailer,
            DatasetClient datasets,
            BlobStore blobs) {
        this.items = items;
        this.thumbnails = thumbnails;
        this.jobs = jobs;
        this.thumbnailer = thumbnailer;
        this.datasets = datasets;
        this.blobs = blobs;
    }

    @GetMapping("/thumbnail")
    @Operation(
            summary = "Get the thumbnail of an item",
            description = "A small JPEG of a picture, turned as Exif says. It is made after the upload; until then the "
                    + "answer is 404 with Retry-After, and metadata.system.thumbnailId is not there. Without Retry-After "
                    + "there will be none, and the detail says why.")
    @ApiResponse(
            responseCode = "200",
            description = "The picture",
            content =
                    @io.swagger.v3.oas.annotations.media.Content(
                            mediaType = MediaType.IMAGE_JPEG_VALUE,
                            schema = @Schema(type = "string", format = "binary")))
    @Requires(Permission.READ_ITEM)
    Mono<Void> thumbnail(
            @PathVariable String itemId,
            @Parameter(
                            description = "The most pixels that it may be wide; it is never enlarged",
                            example = "100",
                            schema =
                                    @Schema(
                                            type = "integer",
                                            minimum = "1",
                                            maximum = "" + ThumbnailProperties.LARGEST_SIDE))
                    @RequestParam(required = false)
                    @Nullable
                    Integer width,
            @Parameter(
                            description = "The most pixels that it may be high",
                            example = "100",
                            schema =
                                    @Schema(
                                            type = "integer",
                                            minimum = "1",
                                            maximum = "" + ThumbnailProperties.LARGEST_SIDE))
                    @RequestParam(required = false)
                    @Nullable
                    Integer height,
            Caller caller,
            ServerWebExchange exchange) {
        Box box = new Box(sideOf("width", width), sideOf("height", height));
        return items.find(itemId)
                .switchIfEmpty(datasets.refuse(caller, () -> unknown(itemId)))
                .delayUntil(
                        item -> datasets.require(caller, item.datasetId(), Permission.READ_ITEM, () -> unknown(itemId)))
                .flatMap(item -> thumbnails.find(item).switchIfEmpty(Mono.defer(() -> refuse(item))))
                .flatMap(thumbnail -> write(Objects.requireNonNull(thumbnail.content()), box, exchange));
    }

    /** What the picture is to fit into. */
    private record Box(int width, int height) {

        boolean isAny() {
            return width == ThumbnailProperties.LARGEST_SIDE && height == ThumbnailProperties.LARGEST_SIDE;
        }
    }

    private static int sideOf(String name, @Nullable Integer wished) {
        if (wished == null) {
            return ThumbnailProperties.LARGEST_SIDE;
        }
        if (wished < 1 || wished > ThumbnailProperties.LARGEST_SIDE) {
            throw Problem.VALIDATION_FAILED.at(name, "must be 1 to " + ThumbnailProperties.LARGEST_SIDE);
        }
        return wished;
    }

    /**
     * Asks for it before all others; perhaps nobody has asked for it yet, because the item is from before there were any, or
     * somebody has deleted it.
     */
    private Mono<Item> refuse(Item item) {
        String obstacle = thumbnails.obstacle(item);
        if (obstacle != null) {
            return Mono.error(Problem.NOT_FOUND.with("There is no thumbnail: " + obstacle));
        }
        ErrorResponseException later = Problem.NOT_FOUND.with("The thumbnail is being made; ask again in some seconds");
        later.getHeaders().set(HttpHeaders.RETRY_AFTER, Integer.toString(RETRY_AFTER_SECONDS));
        return jobs.askFirst(item).then(Mono.error(later));
    }

    private Mono<Void> write(Content content, Box box, ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        HttpHeaders headers = response.getHeaders();
        headers.setCacheControl(CacheControl.noCache().cachePrivate());
        String size = box.isAny() ? "" : "-" + box.width() + "x" + box.height();
        if (exchange.checkNotModified('"' + content.sha256() + size + '"')) {
            return response.setComplete();
        }
        headers.setContentType(MediaType.IMAGE_JPEG);
        Unrunnable.say(headers);
        if (box.isAny()) {
            headers.setContentLength(content.size());
            return response.writeWith(blobs.read(content, 0, content.size(), response.bufferFactory()));
        }
        return blobs.fileOf(content, file -> thumbnailer.smaller(file, box.width(), box.height()))
                .onErrorMap(
                        NoSmallPicture.class,
                        none -> Problem.NOT_FOUND.with("What is kept as the thumbnail is no picture; delete it"))
                .onErrorMap(
                        RejectedExecutionException.class,
                        busy -> Problem.unavailable("Too many thumbnails are asked for", RETRY_AFTER_SECONDS))
                .flatMap(jpeg -> {
                    headers.setContentLength(jpeg.length);
                    return response.writeWith(Flux.just(response.bufferFactory().wrap(jpeg)));
                });
    }

    private static ErrorResponseException unknown(String itemId) {
        return Problem.NOT_FOUND.with("No item " + itemId);
    }
}
