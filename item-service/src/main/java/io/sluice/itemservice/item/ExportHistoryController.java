package io.sluice.itemservice.item;

import io.sluice.itemservice.command.CommandHistory;
import io.sluice.itemservice.command.CommandView;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.sluice.kit.web.PublicUrl;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Which exports of a dataset there were (contract core §4.10). */
@RestController
@Tag(name = "Datasets")
class ExportHistoryController {

    private static final List<String> EXPORTS = List.of(ItemsExport.TYPE, PartsExport.TYPE);

    private final CommandHistory history;
    private final DatasetClient datasets;
    private final PublicUrl publicUrl;

    ExportHistoryController(CommandHistory history, DatasetClient datasets, PublicUrl publicUrl) {
        this.history = history;
        this.datasets = datasets;
        this.publicUrl = publicUrl;
    }

    /** Other members, such as an order, are taken and change nothing. */
    record HistoryQuery(@Nullable String datasetId) {}

    /** @param records the newest first */
    record ExportHistory(List<CommandView> records) {}

    @PostMapping("/api/v1/datasets/exports")
    @Operation(
            summary = "List the exports of a dataset",
            description =
                    "The last hundred, the newest first, as the commands that they were: as far back as commands are kept.")
    @Requires(Permission.READ_ITEM)
    Mono<ExportHistory> list(@RequestBody HistoryQuery query, Caller caller, ServerHttpRequest request) {
        String datasetId = query.datasetId();
        if (datasetId == null) {
            return Mono.error(Problem.VALIDATION_FAILED.at("datasetId", "must be the id of a dataset"));
        }
        String api = publicUrl.api(request);
        return datasets.require(caller, datasetId, Permission.READ_ITEM)
                .thenMany(history.of(datasetId, EXPORTS, api))
                .collectList()
                .map(ExportHistory::new);
    }
}
