package io.sluice.itemservice.item;

import io.sluice.itemservice.command.AnsweredByCommand;
import io.sluice.itemservice.command.CommandAnswers;
import io.sluice.itemservice.command.CommandView;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** A copy of one item (contract core §5.6). */
@RestController
@RequestMapping({"/api/v1/items/{itemId}", "/api/v1/datasets/{datasetId:[0-9a-f]{24}}/items/{itemId}"})
@Tag(name = "Items")
class ItemCloneController {

    private final Items items;
    private final CommandAnswers commands;
    private final DatasetClient datasets;

    ItemCloneController(Items items, CommandAnswers commands, DatasetClient datasets) {
        this.items = items;
        this.commands = commands;
        this.datasets = datasets;
    }

    /**
     * @param targetDatasetId where the copy goes; null for the dataset of the item
     * @param remoteFileName its path there, or a directory with a slash at its end; null for the path of the item
     * @param metadata merged into that of the copy
     * @param allowMany whether the copy gets a number behind its name when the path is taken; otherwise the command fails
     */
    record ItemCloneRequest(
            @Nullable String targetDatasetId,
            @Nullable String remoteFileName,
            @Nullable Map<String, @Nullable Object> metadata,
            DatasetCopyController.@Nullable CloneParameters cloneDatasetParams,
            @Nullable Boolean allowMany) {

        ItemClone.Wish of(Item item) {
            return new ItemClone.Wish(
                    item.id(),
                    pathOf(item),
                    ItemCopies.wished(metadata),
                    cloneDatasetParams == null || cloneDatasetParams.isMetadataWanted(),
                    cloneDatasetParams == null || cloneDatasetParams.isAnnotated(),
                    Boolean.TRUE.equals(allowMany));
        }

        private ItemPath pathOf(Item item) {
            if (remoteFileName == null || remoteFileName.isEmpty()) {
                return item.path();
            }
            String path = remoteFileName.endsWith("/") ? remoteFileName + item.name() : remoteFileName;
            return ItemPath.ofFile("remoteFileName", path);
        }
    }

    @PostMapping("/clone")
    @Operation(
            summary = "Clone an item",
            description =
                    "Into another dataset or to another path. spec.returnedModelId is a list with the id of the copy. "
                            + "No byte is copied.")
    @AnsweredByCommand
    @Requires(Permission.CREATE_ITEM)
    Mono<ResponseEntity<CommandView>> clone(
            @PathVariable String itemId, @RequestBody ItemCloneRequest body, Caller caller, ServerHttpRequest request) {
        return items.find(itemId)
                .switchIfEmpty(datasets.refuse(caller, () -> unknown(itemId)))
                .delayUntil(
                        item -> datasets.require(caller, item.datasetId(), Permission.READ_ITEM, () -> unknown(itemId)))
                .flatMap(item -> clone(item, body, caller, request));
    }

    private Mono<ResponseEntity<CommandView>> clone(
            Item item, ItemCloneRequest body, Caller caller, ServerHttpRequest request) {
        if (item.isDirectory()) {
            return Mono.error(Problem.VALIDATION_FAILED.at(
                    "itemId", "is a directory; clone the dataset with a filter for what is in it"));
        }
        String target = body.targetDatasetId() == null ? item.datasetId() : body.targetDatasetId();
        return datasets.require(caller, target, Permission.CREATE_ITEM)
                .flatMap(access -> commands.answer(
                        caller, access, ItemClone.TYPE, body.of(item).toJson(), request));
    }

    private static ErrorResponseException unknown(String itemId) {
        return Problem.NOT_FOUND.with("No item " + itemId);
    }
}
