package io.sluice.itemservice.item;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.sluice.itemservice.annotation.AnnotationQueries;
import io.sluice.itemservice.command.AnsweredByCommand;
import io.sluice.itemservice.command.CommandAnswers;
import io.sluice.itemservice.command.CommandView;
import io.sluice.kit.access.DatasetAccess;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.audit.Recording;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import io.sluice.kit.query.QueryParser;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What is done to all items of a dataset that a query describes, as a command (contract core §4.8). */
@RestController
@RequestMapping("/api/v1/datasets/{datasetId}")
@Tag(name = "Dataset Items")
class ItemsWorkController {

    private final QueryParser queries;
    private final AnnotationQueries annotations;
    private final CommandAnswers commands;
    private final DatasetClient datasets;

    ItemsWorkController(
            QueryParser queries, AnnotationQueries annotations, CommandAnswers commands, DatasetClient datasets) {
        this.queries = queries;
        this.annotations = annotations;
        this.commands = commands;
        this.datasets = datasets;
    }

    /** @param updateQuery {@code update} and {@code systemSpace}, as in a query that updates */
    record MetadataUpdate(
            @Nullable Map<String, @Nullable Object> query,
            @Nullable Map<String, @Nullable Object> updateQuery) {}

    @PostMapping("/items/bulk-update-metadata")
    @Operation(
            summary = "Change the metadata of all items that a query describes",
            description = "updateQuery.update.metadata is merged into theirs: objects merge, null removes. "
                    + "metadata.system changes only with updateQuery.systemSpace.")
    @AnsweredByCommand
    @Requires(Permission.UPDATE_ITEM)
    Mono<ResponseEntity<CommandView>> updateMetadata(
            @PathVariable String datasetId,
            @RequestBody MetadataUpdate body,
            Caller caller,
            ServerHttpRequest request) {
        return datasets.require(caller, datasetId, Permission.UPDATE_ITEM)
                .flatMap(access -> changed("updated", access, caller, ItemsUpdate.TYPE, request, () -> {
                    Map<String, @Nullable Object> query = checked("query", body.query());
                    return ItemsUpdate.whatOf(query, patchOf(present("updateQuery", body.updateQuery())));
                }));
    }

    private static ItemPatch patchOf(Map<String, @Nullable Object> update) {
        Object changes = update.get("update");
        if (!(changes instanceof Map<?, ?> members) || !(members.get("metadata") instanceof Map)) {
            throw Problem.VALIDATION_FAILED.at("updateQuery.update.metadata", "must be an object");
        }
        boolean system = Boolean.TRUE.equals(update.get("systemSpace"));
        Map<String, @Nullable Object> metadata = new HashMap<>();
        metadata.put("metadata", members.get("metadata"));
        return ItemPatch.parse(metadata, system);
    }

    /** @param annotation label, attributes and metadata of the classification */
    record Classification(
            @Nullable Map<String, @Nullable Object> query,
            @Nullable Map<String, @Nullable Object> annotation) {}

    @PostMapping("/annotations")
    @Operation(
            summary = "Classify all files that a query describes",
            description = "Each gets one more annotation, of the type class and with that label.")
    @AnsweredByCommand
    @Requires(Permission.ANNOTATE_ITEM)
    Mono<ResponseEntity<CommandView>> classify(
            @PathVariable String datasetId,
            @RequestBody Classification body,
            Caller caller,
            ServerHttpRequest request) {
        return datasets.require(caller, datasetId, Permission.ANNOTATE_ITEM)
                .delayUntil(access -> annotations.requireLabel(
                        caller, datasetId, present("annotation", body.annotation()), "annotation."))
                .flatMap(access -> changed("created", access, caller, ItemsClassification.TYPE, request, () -> {
                    Map<String, @Nullable Object> query = checked("query", body.query());
                    return ItemsClassification.whatOf(
                            query, annotations.classification(present("annotation", body.annotation()), "annotation."));
                }));
    }

    /** @param shares whole percents by name of the subset, 100 in all */
    record SplitRequest(
            @Nullable Map<String, @Nullable Object> itemsQuery,
            @JsonProperty("MLSplitList") @Nullable Map<String, @Nullable Object> shares) {}

    @PostMapping("/split")
    @Operation(
            summary = "Split the items that a query describes into subsets",
            description =
                    "Each item gets exactly one of the tags in metadata.system.tags, by its place in the order of "
                            + "creation: splitting the same items again gives the same. Each subset has its share to within one item.")
    @AnsweredByCommand
    @Requires(Permission.UPDATE_ITEM)
    Mono<ResponseEntity<CommandView>> split(
            @PathVariable String datasetId, @RequestBody SplitRequest body, Caller caller, ServerHttpRequest request) {
        return datasets.require(caller, datasetId, Permission.UPDATE_ITEM)
                .flatMap(access -> changed("updated", access, caller, ItemsSplit.TYPE, request, () -> {
                    Map<String, @Nullable Object> query = checked("itemsQuery", body.itemsQuery());
                    return ItemsSplit.whatOf(query, Subsets.parse(body.shares()));
                }));
    }

    @DeleteMapping("/items")
    @Operation(
            summary = "Delete all items that a query describes",
            description = "The body is the query, whose filter must be there; {} deletes everything.")
    @AnsweredByCommand
    @Requires(Permission.DELETE_ITEM)
    Mono<ResponseEntity<CommandView>> delete(
            @PathVariable String datasetId,
            @RequestBody Map<String, @Nullable Object> query,
            Caller caller,
            ServerHttpRequest request) {
        return datasets.require(caller, datasetId, Permission.DELETE_ITEM)
                .flatMap(access -> changed("deleted", access, caller, ItemsDeletion.TYPE, request, () -> {
                    if (!(query.get("filter") instanceof Map)) {
                        throw Problem.VALIDATION_FAILED.at("filter", "must be an object; {} describes everything");
                    }
                    return WorkOnMatches.whatOf(checked("query", query));
                }));
    }

    /** @param what checked when the access has been, because what is wrong with it may say what is in the dataset */
    private Mono<ResponseEntity<CommandView>> changed(
            String eventType,
            DatasetAccess access,
            Caller caller,
            String type,
            ServerHttpRequest request,
            Supplier<JsonObject> what) {
        return Mono.fromSupplier(what)
                .delayUntil(checked -> Recording.ofMany(eventType))
                .flatMap(checked -> commands.answer(caller, access, type, checked, request));
    }

    private Map<String, @Nullable Object> checked(String field, @Nullable Map<String, @Nullable Object> given) {
        Map<String, @Nullable Object> query = present(field, given);
        if (!queries.parse(query, DatasetItemsController.ITEMS, DatasetItemsController.JOINS)
                .resource()
                .equals(DatasetItemsController.ITEMS)) {
            throw Problem.UNSUPPORTED.at(field + ".resource", "must be items");
        }
        return query;
    }

    private static Map<String, @Nullable Object> present(String field, @Nullable Map<String, @Nullable Object> given) {
        if (given == null) {
            throw Problem.VALIDATION_FAILED.at(field, "is missing");
        }
        return given;
    }
}
