package io.sluice.itemservice.bulk;

import io.sluice.itemservice.content.BlobStore;
import io.sluice.itemservice.content.MediaProbe;
import io.sluice.itemservice.item.Intake;
import io.sluice.itemservice.item.ItemIntake;
import io.sluice.itemservice.item.TakenInTime;
import io.sluice.kit.access.DatasetAccess;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.audit.Recording;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.json.JsonMapper;

/** Many items in one request, and the question what of them is there already. */
@RestController
@RequestMapping("/api/v1/datasets/{datasetId}/items/bulk")
@Tag(name = "Dataset Items")
class BulkController {

    private static final byte[] SIGN_OF_LIFE = {' '};

    private final ItemIntake items;
    private final DatasetClient datasets;
    private final BulkPlaces places;
    private final BulkProperties properties;
    private final BlobStore blobs;
    private final MediaProbe probe;
    private final Scheduler readers;
    private final JsonMapper json;

    BulkController(
            ItemIntake items,
            DatasetClient datasets,
            BulkPlaces places,
            BulkProperties properties,
            BlobStore blobs,
            MediaProbe probe,
            Scheduler bulkReaders,
            JsonMapper json) {
        this.items = items;
        this.datasets = datasets;
        this.places = places;
        this.properties = properties;
        this.blobs = blobs;
        this.probe = probe;
        this.readers = bulkReaders;
        this.json = json;
    }

    @PostMapping(
            consumes = {MediaType.APPLICATION_NDJSON_VALUE, BulkBody.TAR, BulkBody.GZIP, BulkBody.ZSTD, BulkBody.ZIP})
    @Operation(
            summary = "Upload many items",
            description =
                    "The body is an archive (application/x-tar, also as application/gzip or application/zstd or with"
                            + " such a Content-Encoding, or application/zip), in which a.jpg.json or a.json beside a.jpg holds its"
                            + " metadata, description and annotations; or JSON Lines, each an item with a path and its bytes, as"
                            + " base64 or by the sha256 of bytes that are there, or without any to change what is said of an item."
                            + " The answer is a line for each item as soon as it is durable, and a last one with totals; a problem"
                            + " beside these says why not everything was read. What was interrupted is sent again.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content = {
                                @Content(
                                        mediaType = MediaType.APPLICATION_NDJSON_VALUE,
                                        schema = @Schema(implementation = BulkItem.class)),
                                @Content(
                                        mediaType = BulkBody.TAR,
                                        schema = @Schema(type = "string", format = "binary")),
                                @Content(
                                        mediaType = BulkBody.GZIP,
                                        schema = @Schema(type = "string", format = "binary")),
                                @Content(
                                        mediaType = BulkBody.ZSTD,
                                        schema = @Schema(type = "string", format = "binary")),
                                @Content(mediaType = BulkBody.ZIP, schema = @Schema(type = "string", format = "binary"))
                            }))
    @ApiResponse(
            responseCode = "200",
            description = "What became of each item, a line each, and the totals",
            content = @Content(mediaType = MediaType.APPLICATION_NDJSON_VALUE, schema = @Schema(type = "string")))
    @Requires(Permission.CREATE_ITEM)
    Mono<Void> upload(
            @PathVariable String datasetId,
            @Parameter(description = "What becomes of an item that is there already: skip or overwrite")
                    @RequestParam(defaultValue = "skip")
                    String mode,
            @Parameter(
                            description =
                                    "beside when a file of JSON beside another says something of that; none when every file"
                                            + " is an item")
                    @RequestParam(defaultValue = "beside")
                    String sidecars,
            @Parameter(description = "all, or failed for those items only that were not taken")
                    @RequestParam(defaultValue = "all")
                    String lines,
            Caller caller,
            ServerWebExchange exchange) {
        return datasets.require(caller, datasetId, Permission.CREATE_ITEM).flatMap(access -> {
            boolean overwrites = choice("mode", mode, "overwrite", "skip");
            boolean hasSidecars = choice("sidecars", sidecars, "beside", "none");
            boolean failuresOnly = choice("lines", lines, "failed", "all");
            BulkBody body = BulkBody.of(exchange.getRequest().getHeaders());
            Intake intake = items.into(access, caller, overwrites);
            return Recording.ofMany("created").then(answer(exchange.getResponse(), places.in(caller.userId(), () -> {
                Budget budget = new Budget(properties.longestUntaken());
                return new BulkUpload(
                                items,
                                intake,
                                blobs,
                                probe,
                                json,
                                readers,
                                budget,
                                hasSidecars && body.format() != BulkBody.Format.LINES)
                        .run(() -> entries(body, exchange.getRequest(), budget, hasSidecars, intake), failuresOnly);
            })));
        });
    }

    /** @return whether it is the first of the two that it may be */
    private static boolean choice(String field, String given, String first, String second) {
        if (!given.equals(first) && !given.equals(second)) {
            throw Problem.VALIDATION_FAILED.at(field, "must be " + first + " or " + second);
        }
        return given.equals(first);
    }

    private Entries entries(BulkBody body, ServerHttpRequest request, Budget budget, boolean hasSidecars, Intake intake)
            throws Exception {
        return reading(body, request, plain -> switch (body.format()) {
            case LINES -> new LineEntries(plain, json, items, budget, properties.mostEntries(), false);
            case TAR -> archive(new TarArchive(plain), plain, budget, hasSidecars, intake);
            case ZIP -> archive(new ZipArchive(plain), plain, budget, hasSidecars, intake);
        });
    }

    private Entries archive(Archive archive, InputStream plain, Budget budget, boolean hasSidecars, Intake intake) {
        return new ArchiveEntries(archive, plain, budget, properties.mostEntries(), hasSidecars, intake.mostBytes());
    }

    private interface Reading {

        Entries of(InputStream plain);
    }

    private Entries reading(BulkBody body, ServerHttpRequest request, Reading reading) throws Exception {
        BodyStream arriving = BodyStream.of(request.getBody(), properties.longestSilence());
        try {
            return reading.of(body.unpacked(arriving));
        } catch (Exception unreadable) {
            arriving.close();
            throw unreadable;
        }
    }

    @PostMapping(path = "/check", consumes = MediaType.APPLICATION_NDJSON_VALUE)
    @Operation(
            summary = "Ask which of many files are there",
            description =
                    "JSON Lines, each with the path, the sha256 and perhaps the size of a file. Answers a line for each, in"
                            + " their order: there when the item has these bytes, known when an upload need only name the digest,"
                            + " missing when the bytes have to be sent; and the id of the item that has the path. Known are bytes"
                            + " of items that the caller may read.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.APPLICATION_NDJSON_VALUE,
                                            schema = @Schema(implementation = BulkQuestion.class))))
    @ApiResponse(
            responseCode = "200",
            description = "What is known of each file, a line each",
            content = @Content(mediaType = MediaType.APPLICATION_NDJSON_VALUE, schema = @Schema(type = "string")))
    @Requires(Permission.READ_ITEM)
    Mono<Void> check(@PathVariable String datasetId, Caller caller, ServerWebExchange exchange) {
        return datasets.require(caller, datasetId, Permission.READ_ITEM)
                .flatMap(access -> answer(
                        exchange.getResponse(),
                        places.in(caller.userId(), () -> checked(access, caller, exchange.getRequest()))));
    }

    private Flux<byte[]> checked(DatasetAccess access, Caller caller, ServerHttpRequest request) {
        Budget budget = new Budget(properties.longestUntaken());
        BulkBody body = BulkBody.of(request.getHeaders());
        Callable<Entries> begin = () -> reading(
                body, request, plain -> new LineEntries(plain, json, items, budget, properties.mostEntries(), true));
        return new BulkCheck(items.into(access, caller, false), json, readers, budget).run(begin);
    }

    private Mono<Void> answer(ServerHttpResponse response, Flux<byte[]> lines) {
        response.getHeaders().setContentType(MediaType.APPLICATION_NDJSON);
        response.getHeaders().setCacheControl(CacheControl.noStore());
        return response.writeWith(
                TakenInTime.of(alive(lines).map(response.bufferFactory()::wrap), properties.longestUntaken()));
    }

    /** Spaces before a line are none of its JSON text (RFC 8259 §2). */
    private Flux<byte[]> alive(Flux<byte[]> lines) {
        Flux<byte[]> signs =
                Flux.interval(properties.signOfLife()).onBackpressureDrop().map(tick -> SIGN_OF_LIFE);
        return lines.publish(shared -> shared.mergeWith(signs.takeUntilOther(shared.ignoreElements())));
    }

    /** A line of a bulk upload, as the documentation shows it. */
    record BulkItem(
            String path,
            @Nullable String sha256,
            @Nullable Long size,
            @Nullable String base64,
            @Nullable Map<String, Object> metadata,
            @Nullable String description,
            @Nullable List<Map<String, Object>> annotations) {}

    /** A file that somebody has, as the documentation shows it. */
    record BulkQuestion(
            String path, String sha256, @Nullable Long size) {}
}
