package io.sluice.itemservice.item;

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
import io.sluice.kit.query.QueryParser;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The collections of a dataset and what is in them (contract core §4.9). */
@RestController
@RequestMapping("/api/v1/datasets/{datasetId}/items/collections")
@Tag(name = "Dataset Items")
class CollectionController {

    private final ItemCollections collections;
    private final QueryParser queries;
    private final CommandAnswers commands;
    private final DatasetClient datasets;

    CollectionController(
            ItemCollections collections, QueryParser queries, CommandAnswers commands, DatasetClient datasets) {
        this.collections = collections;
        this.queries = queries;
        this.commands = commands;
        this.datasets = datasets;
    }

    @GetMapping
    @Operation(
            summary = "List the collections of a dataset",
            description = "By where items say that they are in it: `metadata.system.collections.c0` to `c9`.")
    @Requires(Permission.READ_ITEM)
    Mono<Map<String, CollectionNames.Named>> list(@PathVariable String datasetId, Caller caller) {
        return datasets.require(caller, datasetId, Permission.READ_ITEM)
                .then(collections.of(datasetId))
                .map(CollectionNames::shown);
    }

    /** @param name unlike all others of the dataset, at most 250 characters, without / */
    record CollectionRequest(@Nullable String name) {}

    @PostMapping
    @Operation(summary = "Make a collection", description = "A dataset may have ten. The answer is the list.")
    @Requires(Permission.UPDATE_ITEM)
    Mono<Map<String, CollectionNames.Named>> create(
            @PathVariable String datasetId, @RequestBody CollectionRequest body, Caller caller) {
        return datasets.require(caller, datasetId, Permission.UPDATE_ITEM)
                .map(access -> CollectionNames.checked("name", body.name()))
                .flatMap(name -> collections.create(datasetId, name))
                .map(CollectionNames::shown);
    }

    @PatchMapping("/{collectionName}")
    @Operation(summary = "Rename a collection", description = "The answer is the list.")
    @Requires(Permission.UPDATE_ITEM)
    Mono<Map<String, CollectionNames.Named>> rename(
            @PathVariable String datasetId,
            @PathVariable String collectionName,
            @RequestBody CollectionRequest body,
            Caller caller) {
        return datasets.require(caller, datasetId, Permission.UPDATE_ITEM)
                .map(access -> CollectionNames.checked("name", body.name()))
                .flatMap(name -> collections.rename(datasetId, collectionName, name))
                .map(CollectionNames::shown);
    }

    @DeleteMapping("/{collectionName}")
    @Operation(summary = "Delete a collection", description = "The items in it stay.")
    @AnsweredByCommand
    @Requires(Permission.UPDATE_ITEM)
    Mono<ResponseEntity<CommandView>> delete(
            @PathVariable String datasetId,
            @PathVariable String collectionName,
            Caller caller,
            ServerHttpRequest request) {
        return datasets.require(caller, datasetId, Permission.UPDATE_ITEM)
                .zipWith(collections.of(datasetId))
                .flatMap(found -> {
                    String key = found.getT2()
                            .keyOf(collectionName)
                            .orElseThrow(() -> ItemCollections.unknown(collectionName));
                    return Recording.ofMany("deleted")
                            .then(commands.answer(
                                    caller,
                                    found.getT1(),
                                    CollectionDeletion.TYPE,
                                    CollectionDeletion.whatOf(key, collectionName),
                                    request));
                });
    }

    /** @param collections their names, at most ten */
    record CollectionItemsRequest(
            @Nullable Map<String, @Nullable Object> query,
            @Nullable List<@Nullable String> collections) {

        List<String> names() {
            if (collections == null || collections.isEmpty() || collections.size() > CollectionNames.MOST) {
                throw Problem.VALIDATION_FAILED.at(
                        CollectionNames.FIELD, "must be 1 to " + CollectionNames.MOST + " names");
            }
            return collections.stream()
                    .map(name -> CollectionNames.checked(CollectionNames.FIELD, name))
                    .distinct()
                    .toList();
        }

        /** Its filter must be there: nobody means everything by saying nothing. */
        Map<String, @Nullable Object> checkedQuery(QueryParser queries) {
            if (query == null || !(query.get("filter") instanceof Map)) {
                throw Problem.VALIDATION_FAILED.at("query.filter", "must be an object");
            }
            queries.parse(query, DatasetItemsController.ITEMS, DatasetItemsController.JOINS);
            return query;
        }
    }

    @PostMapping("/bulk-add")
    @Operation(
            summary = "Put all items that a query describes into collections",
            description = "Collections that do not exist are made.")
    @AnsweredByCommand
    @Requires(Permission.UPDATE_ITEM)
    Mono<ResponseEntity<CommandView>> add(
            @PathVariable String datasetId,
            @RequestBody CollectionItemsRequest body,
            Caller caller,
            ServerHttpRequest request) {
        return datasets.require(caller, datasetId, Permission.UPDATE_ITEM).flatMap(access -> {
            List<String> names = body.names();
            Map<String, @Nullable Object> query = body.checkedQuery(queries);
            return collections
                    .ensure(datasetId, names)
                    .map(known -> keys(known, names))
                    .flatMap(keys -> update(access, query, CollectionDeletion.patch(keys, true), caller, request));
        });
    }

    @PostMapping("/bulk-remove")
    @Operation(summary = "Take all items that a query describes out of collections")
    @AnsweredByCommand
    @Requires(Permission.UPDATE_ITEM)
    Mono<ResponseEntity<CommandView>> remove(
            @PathVariable String datasetId,
            @RequestBody CollectionItemsRequest body,
            Caller caller,
            ServerHttpRequest request) {
        return datasets.require(caller, datasetId, Permission.UPDATE_ITEM).flatMap(access -> {
            List<String> names = body.names();
            Map<String, @Nullable Object> query = body.checkedQuery(queries);
            return collections
                    .of(datasetId)
                    // What is in no such collection is out of it already.
                    .map(known -> names.stream()
                            .map(known::keyOf)
                            .flatMap(Optional::stream)
                            .toList())
                    .flatMap(keys -> update(access, query, CollectionDeletion.patch(keys, false), caller, request));
        });
    }

    private static List<String> keys(CollectionNames known, List<String> names) {
        return names.stream()
                .map(name -> known.keyOf(name).orElseThrow(() -> ItemCollections.unknown(name)))
                .toList();
    }

    private Mono<ResponseEntity<CommandView>> update(
            DatasetAccess access,
            Map<String, @Nullable Object> query,
            ItemPatch patch,
            Caller caller,
            ServerHttpRequest request) {
        return Recording.ofMany("updated")
                .then(commands.answer(caller, access, ItemsUpdate.TYPE, ItemsUpdate.whatOf(query, patch), request));
    }
}
