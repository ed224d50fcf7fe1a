package io.sluice.itemservice.item;

import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.sluice.kit.paging.Page;
import io.sluice.kit.query.QueryParser;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Map;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What is in a directory. The path below a dataset means the same. */
@RestController
@RequestMapping({
    "/api/v1/items/{directoryId}/items",
    "/api/v1/datasets/{datasetId:[0-9a-f]{24}}/items/{directoryId}/items"
})
@Tag(name = "Items")
class DirectoryController {

    private final Items items;
    private final QueryParser queries;
    private final DatasetClient datasets;
    private final PublicUrl publicUrl;

    DirectoryController(Items items, QueryParser queries, DatasetClient datasets, PublicUrl publicUrl) {
        this.items = items;
        this.queries = queries;
        this.datasets = datasets;
        this.publicUrl = publicUrl;
    }

    @GetMapping
    @Operation(
            summary = "List what is in a directory",
            description = "Files and directories, hidden ones too, but not what is in those; in the order of their "
                    + "creation. Anything but a directory is not found.")
    @Requires(Permission.READ_ITEM)
    Mono<Page<ItemView>> list(
            @PathVariable String directoryId,
            @Parameter(description = "Which page, counted from 0") @RequestParam(defaultValue = "0") int pageOffset,
            @Parameter(description = "Entries of a page, at most 1,000; 0 only counts")
                    @RequestParam(defaultValue = "100")
                    int pageSize,
            Caller caller,
            ServerHttpRequest request) {
        String api = publicUrl.api(request);
        return items.find(directoryId)
                .switchIfEmpty(datasets.refuse(caller, () -> unknown(directoryId)))
                .delayUntil(directory -> datasets.require(
                        caller, directory.datasetId(), Permission.READ_ITEM, () -> unknown(directoryId)))
                .filter(Item::isDirectory)
                .switchIfEmpty(Mono.error(() -> unknown(directoryId)))
                .flatMap(directory -> items.page(
                        directory.datasetId(),
                        queries.parse(
                                Map.of(
                                        "filter",
                                        Map.of("dir", directory.filename()),
                                        "page",
                                        pageOffset,
                                        "pageSize",
                                        pageSize),
                                DatasetItemsController.ITEMS)))
                .map(page -> page.map(item -> ItemView.of(item, api)));
    }

    private static ErrorResponseException unknown(String directoryId) {
        return Problem.NOT_FOUND.with("No directory " + directoryId);
    }
}
