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
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What metadata the items of a dataset have (contract ml §B.5). */
@RestController
@RequestMapping("/api/v1/datasets/{datasetId}/schema")
@Tag(name = "Dataset Items")
class DatasetSchemaController {

    private final DatasetSchemas schemas;
    private final CommandAnswers commands;
    private final DatasetClient datasets;

    DatasetSchemaController(DatasetSchemas schemas, CommandAnswers commands, DatasetClient datasets) {
        this.schemas = schemas;
        this.commands = commands;
        this.datasets = datasets;
    }

    @GetMapping
    @Operation(
            summary = "Get which metadata the items of a dataset have",
            description = "As seen in the first and the last 500 files: at most 1,000 paths, and of which types their "
                    + "values are.")
    @Requires(Permission.READ_ITEM)
    Mono<DatasetSchema> get(@PathVariable String datasetId, Caller caller) {
        return datasets.require(caller, datasetId, Permission.READ_ITEM)
                .flatMap(access -> schemas.of(access.datasetId()));
    }

    /** @param unsearchablePaths what to change of them */
    record SchemaChange(@Nullable PathsChange unsearchablePaths) {}

    record PathsChange(
            @Nullable List<@Nullable String> add, @Nullable List<@Nullable String> remove) {

        static final PathsChange NONE = new PathsChange(null, null);

        private static List<String> checked(String name, @Nullable List<@Nullable String> given) {
            String field = "unsearchablePaths." + name;
            if (given == null) {
                return List.of();
            }
            if (given.size() > UnsearchablePaths.MOST || given.contains(null)) {
                throw Problem.VALIDATION_FAILED.at(field, "must be at most " + UnsearchablePaths.MOST + " paths");
            }
            return UnsearchablePaths.checked(
                    field, given.stream().filter(Objects::nonNull).toList());
        }

        List<String> added() {
            return checked("add", add);
        }

        List<String> removed() {
            return checked("remove", remove);
        }
    }

    @PostMapping("/items")
    @Operation(
            summary = "Change which metadata nobody is to look for",
            description = "The schema shows what is below these paths as not searchable.")
    @AnsweredByCommand
    @Requires(Permission.UPDATE_ITEM)
    Mono<ResponseEntity<CommandView>> change(
            @PathVariable String datasetId, @RequestBody SchemaChange body, Caller caller, ServerHttpRequest request) {
        PathsChange change = body.unsearchablePaths() == null ? PathsChange.NONE : body.unsearchablePaths();
        List<String> added = change.added();
        List<String> removed = change.removed();
        return datasets.require(caller, datasetId, Permission.UPDATE_ITEM)
                .flatMap(access -> commands.answer(
                        caller, access, DatasetSchemas.TYPE, DatasetSchemas.whatOf(added, removed), request));
    }
}
