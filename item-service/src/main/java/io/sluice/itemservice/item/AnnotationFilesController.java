package io.sluice.itemservice.item;

import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.sluice.kit.query.Condition;
import io.sluice.kit.query.Condition.Operator;
import io.sluice.kit.representation.RowByRow;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The annotations of many files at once, as clients fetched them before there were exports. */
@RestController
@RequestMapping("/api/v1/datasets/{datasetId}/annotations")
@Tag(name = "Datasets")
class AnnotationFilesController {

    private static final String DIRECTORY = "Only the files below this directory; all where nothing is said";
    private static final MediaType ZIP = MediaType.parseMediaType("application/zip");
    private static final String LAST = "f".repeat(24);
    private static final Condition ALL = new Condition.All(List.of());

    private final Items items;
    private final ItemsJson json;
    private final StreamProperties streaming;
    private final int mostInZip;
    private final DatasetClient datasets;
    private final PublicUrl publicUrl;

    AnnotationFilesController(
            Items items,
            ItemsJson json,
            StreamProperties streaming,
            ExportProperties exporting,
            DatasetClient datasets,
            PublicUrl publicUrl) {
        this.items = items;
        this.json = json;
        this.streaming = streaming;
        this.mostInZip = exporting.mostInZip();
        this.datasets = datasets;
        this.publicUrl = publicUrl;
    }

    @GetMapping("/json")
    @Operation(
            summary = "Get all visible files with their annotations",
            description = "One array, written while it is read: for a dataset of any size. Nothing is stored.")
    @ApiResponse(
            responseCode = "200",
            description = "The files in the order of their creation",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_VALUE,
                            array = @ArraySchema(schema = @Schema(type = "object"))))
    @Requires(Permission.READ_ITEM)
    Mono<Void> json(
            @PathVariable String datasetId,
            @Parameter(description = DIRECTORY) @RequestParam(required = false) @Nullable String directory,
            Caller caller,
            ServerWebExchange exchange) {
        return datasets.require(caller, datasetId, Permission.READ_ITEM)
                .then(Mono.defer(() -> AllItemsController.write(
                        json.array(items.all(datasetId, below(directory), true), spelling(exchange)),
                        AllItemsController.COLUMNS,
                        streaming,
                        exchange)));
    }

    @GetMapping({"/zip", "/zip/chunks"})
    @Operation(
            summary = "Get a ZIP with a JSON file for each visible file",
            description =
                    "Each has the item with its annotations. It is written while it is read, in chunks either way.")
    @ApiResponse(
            responseCode = "200",
            description = "The ZIP",
            content = @Content(mediaType = "application/zip", schema = @Schema(type = "string", format = "binary")))
    @Requires(Permission.READ_ITEM)
    Mono<Void> zip(
            @PathVariable String datasetId,
            @Parameter(description = DIRECTORY) @RequestParam(required = false) @Nullable String directory,
            Caller caller,
            ServerWebExchange exchange) {
        return datasets.require(caller, datasetId, Permission.READ_ITEM)
                .then(Mono.defer(() -> items.count(datasetId, below(directory), LAST)))
                .doOnNext(this::requireFew)
                .then(Mono.defer(() -> {
                    Flux<Item> found = items.all(datasetId, below(directory), true);
                    return write(json.zip(found, spelling(exchange), true, mostInZip), exchange);
                }));
    }

    private void requireFew(long count) {
        if (count > mostInZip) {
            throw Problem.QUERY_TOO_EXPENSIVE.at(
                    "directory", "a zip is for at most " + mostInZip + " files; ask for json, or for a part");
        }
    }

    private Mono<Void> write(Flux<byte[]> zip, ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        response.getHeaders().setContentType(ZIP);
        response.getHeaders()
                .setContentDisposition(ContentDisposition.attachment()
                        .filename("annotations.zip")
                        .build());
        response.getHeaders().setCacheControl(CacheControl.noStore());
        return exchange.getRequest().getMethod() == HttpMethod.HEAD
                ? response.setComplete()
                : response.writeWith(
                        TakenInTime.of(RowByRow.inBuffers(zip, response.bufferFactory()), streaming.longestSilence()));
    }

    private ItemsJson.Spelling spelling(ServerWebExchange exchange) {
        return new ItemsJson.Spelling(publicUrl.api(exchange.getRequest()), ALL, null);
    }

    /** The visible files below a directory; a range of paths, because nothing in a path is a wildcard here. */
    private static Condition below(@Nullable String directory) {
        List<Condition> conditions = new ArrayList<>(List.of(
                new Condition.Test("hidden", Operator.EQUAL, false),
                new Condition.Test("type", Operator.EQUAL, Item.FILE)));
        if (directory != null && !directory.equals("/")) {
            String path = ItemPath.ofDirectory("directory", directory).value();
            conditions.add(new Condition.Test("filename", Operator.GREATER, path + "/"));
            // The character behind the slash.
            conditions.add(new Condition.Test("filename", Operator.LESS, path + "0"));
        }
        return new Condition.All(conditions);
    }
}
