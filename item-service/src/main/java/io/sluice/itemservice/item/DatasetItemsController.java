package io.sluice.itemservice.item;

import io.sluice.itemservice.annotation.AnnotationQueries;
import io.sluice.itemservice.command.CommandView;
import io.sluice.itemservice.form.FormEvent;
import io.sluice.kit.access.DatasetAccess;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.audit.Recording;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.command.CommandAcceptance;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.paging.Cursor;
import io.sluice.kit.paging.Page;
import io.sluice.kit.preference.RespondAsync;
import io.sluice.kit.query.Query;
import io.sluice.kit.query.Query.References;
import io.sluice.kit.query.QueryParser;
import io.sluice.kit.query.Selection;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The items of a dataset: upload, directories, queries (contract core §4.4, §5, §6, §9). */
@RestController
@RequestMapping("/api/v1/datasets/{datasetId}")
@Tag(name = "Dataset Items")
class DatasetItemsController {

    static final String ITEMS = "items";

    /** What may be joined to what (contract core §9.5). */
    static final Map<String, String> JOINS =
            Map.of(ITEMS, AnnotationQueries.RESOURCE, AnnotationQueries.RESOURCE, ITEMS);

    static final int MOST_MOVED = 10_000;

    private final Items items;
    private final QueryParser queries;
    private final UploadReader uploads;
    private final ItemUpload upload;
    private final ProjectQuota quota;
    private final ItemEdit edit;
    private final ItemDeletion deletion;
    private final AnnotationQueries annotations;
    private final CommandAcceptance commands;
    private final DatasetClient datasets;
    private final JsonMapper json;
    private final PublicUrl publicUrl;

    DatasetItemsController(
            Items items,
            QueryParser queries,
            UploadReader uploads,
            ItemUpload upload,
            ProjectQuota quota,
            ItemEdit edit,
            ItemDeletion deletion,
            AnnotationQueries annotations,
            CommandAcceptance commands,
            DatasetClient datasets,
            JsonMapper json,
            PublicUrl publicUrl) {
        this.items = items;
        this.queries = queries;
        this.uploads = uploads;
        this.upload = upload;
        this.quota = quota;
        this.edit = edit;
        this.deletion = deletion;
        this.annotations = annotations;
        this.commands = commands;
        this.datasets = datasets;
        this.json = json;
        this.publicUrl = publicUrl;
    }

    @PostMapping(path = "/items", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    @Operation(
            summary = "Upload an item",
            description = "A form with the parts type, path, metadata (JSON), description and, best last, file. "
                    + "The header x-item-op says what was done: created, overwrite or exist.",
            requestBody =
                    @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            required = true,
                            content =
                                    @Content(
                                            mediaType = MediaType.MULTIPART_FORM_DATA_VALUE,
                                            schema = @Schema(implementation = UploadParts.class))))
    @Requires(Permission.CREATE_ITEM)
    Mono<ResponseEntity<ItemView>> upload(
            @PathVariable String datasetId,
            @Parameter(description = "What becomes of an item that is there already: skip or overwrite")
                    @RequestParam(defaultValue = "skip")
                    String mode,
            Caller caller,
            ServerHttpRequest request) {
        Flux<FormEvent> arriving = uploads.read(request);
        return datasets.require(caller, datasetId, Permission.CREATE_ITEM)
                .delayUntil(access -> quota.reserve(caller, access, 1, announced(request)))
                .map(access -> modeOf(mode))
                .materialize()
                .flatMap(allowed -> allowed.hasError()
                        ? upload.refuse(arriving, Objects.requireNonNull(allowed.getThrowable()))
                        : upload.upload(datasetId, Objects.requireNonNull(allowed.get()), caller.userId(), arriving))
                .map(result -> uploaded(result, request));
    }

    /** What is not announced is counted when it is there. */
    private static long announced(ServerHttpRequest request) {
        return Math.max(1, request.getHeaders().getContentLength());
    }

    /**
     * The parts of an upload, as the documentation shows them.
     *
     * @param path where the item goes, with its name
     * @param metadata a JSON object; its member system is the platform's, but for keys that the platform does not use
     * @param file the bytes
     */
    private record UploadParts(
            @Schema(allowableValues = "file", defaultValue = "file")
            String type,

            String path,

            @Nullable String metadata,

            @Nullable String description,
            @Schema(type = "string", format = "binary") String file) {}

    private static ItemUpload.Mode modeOf(String mode) {
        return switch (mode.toLowerCase(Locale.ROOT)) {
            case "skip" -> ItemUpload.Mode.SKIP;
            case "overwrite" -> ItemUpload.Mode.OVERWRITE;
            default -> throw Problem.VALIDATION_FAILED.at("mode", "must be skip or overwrite");
        };
    }

    private ResponseEntity<ItemView> uploaded(ItemUpload.Result result, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        ResponseEntity.BodyBuilder reply = result.outcome() == ItemUpload.Outcome.CREATED
                ? ResponseEntity.created(
                        URI.create(api + "/items/" + result.item().id()))
                : ResponseEntity.ok();
        return reply.header("x-item-op", result.outcome().wireName()).body(ItemView.of(result.item(), api));
    }

    @PostMapping(path = "/items", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    @Operation(summary = "Make a directory", description = "type=dir and path; making one that exists changes nothing.")
    @Requires(Permission.CREATE_ITEM)
    Mono<ItemView> makeDirectory(@PathVariable String datasetId, Caller caller, ServerWebExchange exchange) {
        return datasets.require(caller, datasetId, Permission.CREATE_ITEM)
                .then(exchange.getFormData())
                .flatMap(form -> makeDirectory(
                        datasetId, form.getFirst("type"), form.getFirst("path"), caller, exchange.getRequest()));
    }

    @PostMapping(path = "/items", consumes = MediaType.APPLICATION_JSON_VALUE)
    @Requires(Permission.CREATE_ITEM)
    Mono<ItemView> makeDirectory(
            @PathVariable String datasetId,
            @RequestBody NewDirectory directory,
            Caller caller,
            ServerHttpRequest request) {
        return datasets.require(caller, datasetId, Permission.CREATE_ITEM)
                .then(Mono.defer(() -> makeDirectory(datasetId, directory.type(), directory.path(), caller, request)));
    }

    record NewDirectory(@Nullable String type, @Nullable String path) {}

    private Mono<ItemView> makeDirectory(
            String datasetId, @Nullable String type, @Nullable String path, Caller caller, ServerHttpRequest request) {
        if (!Item.DIRECTORY.equals(type)) {
            return Mono.error(
                    Problem.VALIDATION_FAILED.at("type", "must be dir; files are uploaded as multipart/form-data"));
        }
        if (path == null) {
            return Mono.error(Problem.VALIDATION_FAILED.at("path", "is missing"));
        }
        return upload.makeDirectory(datasetId, path, caller.userId())
                .map(directory -> ItemView.of(directory, publicUrl.api(request)));
    }

    @PutMapping("/items/{directoryId:[0-9a-f]{24}}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Move items into a directory", description = "The body is an array of item ids.")
    @Requires(Permission.UPDATE_ITEM)
    Mono<Void> moveInto(
            @PathVariable String datasetId,
            @PathVariable String directoryId,
            @RequestBody List<String> itemIds,
            Caller caller) {
        if (itemIds.size() > MOST_MOVED || itemIds.contains(null)) {
            return Mono.error(
                    Problem.VALIDATION_FAILED.with("The body must be a list of at most " + MOST_MOVED + " item ids"));
        }
        return datasets.require(caller, datasetId, Permission.UPDATE_ITEM)
                .then(items.find(directoryId))
                .filter(directory ->
                        directory.isDirectory() && directory.datasetId().equals(datasetId))
                .switchIfEmpty(Mono.error(() -> Problem.NOT_FOUND.with("No directory " + directoryId)))
                .flatMap(directory -> edit.moveInto(directory, itemIds, caller.userId()));
    }

    @GetMapping("/items")
    @Operation(
            summary = "List the files of a dataset",
            description =
                    "In the order of their creation. By the links of a page, which lead on by cursor, every page costs"
                            + " the same; pages after the first have no totals then. Pages counted by pageOffset cost more the"
                            + " further in they are. With all=true everything comes in one answer, an array that is written"
                            + " while it is read; best as application/x-ndjson.")
    @Requires(Permission.READ_ITEM)
    Mono<Page<ItemView>> list(
            @PathVariable String datasetId,
            @Parameter(description = "Which page, counted from 0; not beside a cursor")
                    @RequestParam(required = false)
                    @Nullable
                    Integer pageOffset,
            @Parameter(description = "Entries of a page, at most 1,000; 0 only counts")
                    @RequestParam(defaultValue = "100")
                    int pageSize,
            @Parameter(description = "Where to go on: from a `next` or `prev` link, or empty for the beginning")
                    @RequestParam(required = false)
                    @Nullable
                    String cursor,
            @Parameter(
                            description = "true for everything at once, without pages",
                            schema =
                                    @Schema(
                                            type = "string",
                                            allowableValues = {"true", "false"}))
                    @RequestParam(defaultValue = "false")
                    String all,
            Caller caller,
            ServerHttpRequest request) {
        requirePage(all);
        Query query = queries.parse(
                Map.of(
                        "filter",
                        Map.of("hidden", false, "type", Item.FILE),
                        "page",
                        pageOffset == null ? 0 : pageOffset,
                        "pageSize",
                        pageSize),
                ITEMS);
        String api = publicUrl.api(request);
        return datasets.require(caller, datasetId, Permission.READ_ITEM)
                .then(Mono.defer(() -> cursor == null
                        ? items.page(datasetId, query).map(page -> page.beginning(Item::id))
                        : items.page(datasetId, query, placeOf(cursor, pageOffset))))
                .map(page -> page.map(item -> ItemView.of(item, api)));
    }

    /** What asks for more than a page is answered by {@link AllItemsController}. */
    private static void requirePage(String all) {
        if (!all.equals("false")) {
            throw Problem.VALIDATION_FAILED.at(AllItemsController.ALL, "must be true or false");
        }
    }

    private static Cursor placeOf(String cursor, @Nullable Integer pageOffset) {
        if (pageOffset != null) {
            throw Problem.VALIDATION_FAILED.at("pageOffset", "must be left out beside a cursor");
        }
        Cursor place = Cursor.parse(cursor);
        if (!ObjectId.isValid(place.key())) {
            throw Problem.VALIDATION_FAILED.at(Cursor.PARAMETER, "must be that of a link of the list");
        }
        return place;
    }

    @PostMapping("/query")
    @Operation(
            summary = "Query the items of a dataset, or their annotations",
            description = "Finds, changes (update) or deletes (delete: true) what the filter describes. Changing and "
                    + "deleting are done when it is answered; with Prefer: respond-async they are accepted as a command. "
                    + "The resource annotations means annotations instead of items; join asks for items by their annotations, or "
                    + "for annotations by their items. references adds what items belong to, such as a task, or takes it away, at once in any case. "
                    + "With all=true everything that is found comes in one answer, an array that is written while it is "
                    + "read; best as application/x-ndjson.")
    @Parameter(
            in = ParameterIn.HEADER,
            name = "Prefer",
            description = "respond-async (RFC 7240): answer before items are changed or deleted",
            example = "respond-async",
            schema = @Schema(type = "string"))
    @ApiResponse(responseCode = "200", description = "A page, or what was done in the shape of a finished command")
    @ApiResponse(
            responseCode = "202",
            description = "Accepted, as preferred; Location is where to look",
            content = @Content(schema = @Schema(implementation = CommandView.class)))
    @Requires({Permission.READ_ITEM, Permission.UPDATE_ITEM, Permission.DELETE_ITEM, Permission.ANNOTATE_ITEM})
    Mono<ResponseEntity<Object>> query(
            @PathVariable String datasetId,
            @Parameter(
                            description = "true for everything at once, without pages",
                            schema =
                                    @Schema(
                                            type = "string",
                                            allowableValues = {"true", "false"}))
                    @RequestParam(defaultValue = "false")
                    String all,
            @Parameter(description = "Whether to answer how the database finds the page, instead of the page")
                    @RequestParam(defaultValue = "false")
                    boolean explain,
            @RequestBody Map<String, @Nullable Object> body,
            Caller caller,
            ServerHttpRequest request) {
        requirePage(all);
        // The access check comes first, because what is wrong with a query may say what is in a dataset.
        return datasets.require(caller, datasetId, Permission.READ_ITEM).flatMap(access -> {
            Query query = queries.parse(body, ITEMS, JOINS);
            return explain ? explain(datasetId, query) : answer(access, body, query, caller, request);
        });
    }

    private Mono<ResponseEntity<Object>> explain(String datasetId, Query query) {
        if (query.isChange() || !query.resource().equals(ITEMS)) {
            return Mono.error(Problem.UNSUPPORTED.at("explain", "tells of queries for items that change nothing"));
        }
        return items.plan(datasetId, query).map(plan -> ResponseEntity.ok(plan));
    }

    private Mono<ResponseEntity<Object>> answer(
            DatasetAccess access,
            Map<String, @Nullable Object> body,
            Query query,
            Caller caller,
            ServerHttpRequest request) {
        String datasetId = access.datasetId();
        if (query.resource().equals(AnnotationQueries.RESOURCE)) {
            return answerAnnotations(access, query, caller, request);
        }
        if (!query.resource().equals(ITEMS)) {
            return Mono.error(Problem.UNSUPPORTED.at("resource", "must be items or annotations"));
        }
        if (query.delete()) {
            access.require(caller, Permission.DELETE_ITEM);
            return Recording.ofMany("deleted")
                    .then(
                            RespondAsync.isPreferredBy(request)
                                    ? accept(caller, access, ItemsDeletion.TYPE, WorkOnMatches.whatOf(body), request)
                                    : deletion.delete(datasetId, query.filter())
                                            .map(count -> Done.of(ItemsDeletion.TYPE, count)));
        }
        Map<String, @Nullable Object> update = query.update();
        if (update != null) {
            access.require(caller, Permission.UPDATE_ITEM);
            // A path is one item's own; everything else may be given to many.
            ItemPatch patch = ItemPatch.parse(update, query.systemSpace()).withoutMove();
            return Recording.ofMany("updated")
                    .then(
                            RespondAsync.isPreferredBy(request)
                                    ? accept(caller, access, ItemsUpdate.TYPE, ItemsUpdate.whatOf(body, patch), request)
                                    : edit.apply(datasetId, query.filter(), patch, caller.userId())
                                            .map(count -> Done.of(ItemsUpdate.TYPE, count)));
        }
        References references = query.references();
        if (references != null) {
            access.require(caller, Permission.UPDATE_ITEM);
            return Recording.ofMany("updated")
                    .then(edit.refer(datasetId, query.filter(), references, caller.userId()))
                    .map(count -> Done.of("UpdateReferences", count));
        }
        return page(datasetId, query, request).map(page -> ResponseEntity.ok(page));
    }

    /** Done when it is answered, whatever is preferred. */
    private Mono<ResponseEntity<Object>> answerAnnotations(
            DatasetAccess access, Query query, Caller caller, ServerHttpRequest request) {
        String datasetId = access.datasetId();
        if (query.delete()) {
            access.require(caller, Permission.ANNOTATE_ITEM);
            return Recording.ofMany("deleted")
                    .then(annotations.delete(datasetId, query.filter(), caller.userId()))
                    .map(count -> Done.of("DeleteAnnotations", "annotationsCount", count));
        }
        Map<String, @Nullable Object> update = query.update();
        if (update != null) {
            access.require(caller, Permission.ANNOTATE_ITEM);
            return annotations
                    .requireLabel(caller, datasetId, update, "update.")
                    .then(Recording.ofMany("updated"))
                    .then(annotations.update(datasetId, query.filter(), update, query.systemSpace(), caller.userId()))
                    .map(count -> Done.of("UpdateAnnotations", "annotationsCount", count));
        }
        if (query.references() != null) {
            return Mono.error(Problem.UNSUPPORTED.at("references", "are of items"));
        }
        Selection selection = query.select();
        return annotations
                .page(datasetId, query, publicUrl.api(request))
                .map(page -> selection == null
                        ? page
                        : page.map(view -> (Object) selection.of(json.<ObjectNode>valueToTree(view))))
                .map(page -> ResponseEntity.ok(page));
    }

    private Mono<ResponseEntity<Object>> accept(
            Caller caller, DatasetAccess access, String type, JsonObject what, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        return commands.accept(caller, access.order(type, what)).map(command -> {
            CommandView view = CommandView.of(command, api);
            return RespondAsync.accepted(URI.create(view.url()), view);
        });
    }

    private Mono<Page<?>> page(String datasetId, Query query, ServerHttpRequest request) {
        String api = publicUrl.api(request);
        Mono<Page<ItemView>> found = items.page(datasetId, query).map(page -> page.map(item -> ItemView.of(item, api)));
        Selection selection = query.select();
        return selection == null
                ? found.map(page -> page)
                : found.map(page -> page.map(view -> selection.of(json.<ObjectNode>valueToTree(view))));
    }

    /** What was done to all matches, in the shape of a finished command (contract core §14.7). */
    record Done(String id, String type, String status, int progress, Map<String, Long> spec) {

        static ResponseEntity<Object> of(String type, long count) {
            return of(type, "itemsCount", count);
        }

        static ResponseEntity<Object> of(String type, String counted, long count) {
            return ResponseEntity.ok(
                    new Done(new ObjectId().toHexString(), type, "success", 100, Map.of(counted, count)));
        }
    }

    @GetMapping("/directoryTree")
    @Operation(summary = "Get the directories of a dataset as a tree")
    @Requires(Permission.READ_ITEM)
    Mono<ResponseEntity<DirectoryTree>> directoryTree(@PathVariable String datasetId, Caller caller) {
        return datasets.require(caller, datasetId, Permission.READ_ITEM)
                .then(Mono.defer(() -> DirectoryTree.of(items.directories(datasetId))))
                .map(tree -> ResponseEntity.ok()
                        .cacheControl(CacheControl.noCache().cachePrivate())
                        .body(tree));
    }
}
