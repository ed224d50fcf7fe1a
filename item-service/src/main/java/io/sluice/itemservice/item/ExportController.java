package io.sluice.itemservice.item;

import io.sluice.itemservice.command.AnsweredByCommand;
import io.sluice.itemservice.command.CommandAnswers;
import io.sluice.itemservice.command.CommandView;
import io.sluice.itemservice.content.BlobStore;
import io.sluice.kit.access.DatasetAccess;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.query.QueryParser;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Exports: all items that match, written into files of their dataset (contract core §4.10, §4.11). */
@RestController
@RequestMapping("/api/v1/datasets/{datasetId}")
@Tag(name = "Datasets")
class ExportController {

    /** As many parts as somebody may ask for. */
    static final int MOST_PARTS = 1_000;

    private final CommandAnswers commands;
    private final QueryParser queries;
    private final Items items;
    private final BlobStore blobs;
    private final DatasetClient datasets;
    private final PublicUrl publicUrl;

    ExportController(
            CommandAnswers commands,
            QueryParser queries,
            Items items,
            BlobStore blobs,
            DatasetClient datasets,
            PublicUrl publicUrl) {
        this.commands = commands;
        this.queries = queries;
        this.items = items;
        this.blobs = blobs;
        this.datasets = datasets;
        this.publicUrl = publicUrl;
    }

    @PostMapping("/export")
    @Operation(
            summary = "Export items into a file",
            description =
                    "exportType is json, an array of items, or zip, a JSON file for each item. The command says in"
                            + " spec.outputItemId which hidden item has the result; it is there for a week. With"
                            + " includeItemVectors each item has its feature vectors in itemVectors. With datasetLock nobody"
                            + " changes the dataset meanwhile.")
    @AnsweredByCommand
    @Requires({Permission.READ_ITEM, Permission.UPDATE_DATASET})
    Mono<ResponseEntity<CommandView>> export(
            @PathVariable String datasetId,
            @RequestBody Map<String, @Nullable Object> body,
            Caller caller,
            ServerHttpRequest request) {
        // The access check comes first, because what is wrong with a query may say what is in a dataset.
        return datasets.require(caller, datasetId, Permission.READ_ITEM)
                .flatMap(access -> commands.answer(
                        caller, access, ItemsExport.TYPE, whatOf(body, access, caller, request), request));
    }

    private JsonObject whatOf(
            Map<String, @Nullable Object> body, DatasetAccess access, Caller caller, ServerHttpRequest request) {
        ExportForm form = new ExportForm(body);
        Long lockSeconds = form.lockSeconds();
        if (lockSeconds != null) {
            access.requireRole(caller, Permission.UPDATE_DATASET);
        }
        // Nobody who is told of annotations says no to them by saying nothing.
        Object include = form.object("annotations").get("include");
        return ItemsExport.whatOf(
                form.query("itemsQuery", queries),
                form.oneOf("exportType", ItemsExport.ZIP, ItemsExport.JSON),
                form.oneOf("exportVersion", "V1", ItemsExport.KEEPS_EXTENSION),
                publicUrl.api(request),
                Boolean.FALSE.equals(include) ? null : form.annotations("annotationsQuery", queries),
                form.flag("includeItemVectors") ? form.vectors("itemsVectorQuery", queries) : null,
                lockSeconds);
    }

    @PostMapping("/export/v3")
    @Operation(
            summary = "Export items into part files",
            description =
                    "Packed lines of JSON. The command says in spec.exportResult.manifestUrl where the manifest is, which names"
                            + " the files; they are there for a week. The mode is full: what has been deleted since an earlier"
                            + " export is not known.")
    @AnsweredByCommand
    @Requires(Permission.READ_ITEM)
    Mono<ResponseEntity<CommandView>> exportInParts(
            @PathVariable String datasetId,
            @RequestBody Map<String, @Nullable Object> body,
            Caller caller,
            ServerHttpRequest request) {
        return datasets.require(caller, datasetId, Permission.READ_ITEM)
                .flatMap(access -> commands.answer(caller, access, PartsExport.TYPE, partsOf(body, request), request));
    }

    private JsonObject partsOf(Map<String, @Nullable Object> body, ServerHttpRequest request) {
        ExportForm form = new ExportForm(body);
        form.oneOf("format", PartsExport.NDJSON);
        Long fromVersion = form.fromVersion();
        ExportForm filters = new ExportForm(form.object("filters"));
        return PartsExport.whatOf(
                fromVersion == null
                        ? filters.query("itemsQuery", queries)
                        : filters.changed("itemsQuery", queries, Instant.ofEpochMilli(fromVersion)),
                publicUrl.api(request),
                form.number("partitionCount", MOST_PARTS),
                fromVersion);
    }

    @GetMapping("/exports/{exportId}/manifest")
    @Operation(summary = "Get the manifest of an export in parts", description = "Each file is fetched from its path.")
    @ApiResponse(
            responseCode = "200",
            description = "The manifest",
            content = @Content(mediaType = MediaType.APPLICATION_JSON_VALUE, schema = @Schema(type = "object")))
    @Requires(Permission.READ_ITEM)
    Mono<Void> manifest(
            @PathVariable String datasetId, @PathVariable String exportId, Caller caller, ServerWebExchange exchange) {
        return datasets.require(caller, datasetId, Permission.READ_ITEM)
                .then(Mono.defer(() -> ObjectId.isValid(exportId)
                        ? items.findAt(datasetId, PartsExport.manifestOf(exportId))
                        : Mono.<Item>empty()))
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("No export " + exportId)))
                .flatMap(manifest -> new Download(manifest, Objects.requireNonNull(manifest.content()), blobs, false)
                        .writeTo(exchange));
    }
}
