package io.sluice.itemservice.item;

import io.sluice.itemservice.command.AnsweredByCommand;
import io.sluice.itemservice.command.CommandAnswers;
import io.sluice.itemservice.command.CommandView;
import io.sluice.itemservice.dataset.DatasetDirectory;
import io.sluice.itemservice.dataset.DatasetRef;
import io.sluice.kit.access.DatasetAccess;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.auth.Requires;
import io.sluice.kit.error.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** What keeps datasets in order: counting anew, and deleting what they keep no longer. */
@RestController
@RequestMapping("/api/v1/datasets")
@Tag(name = "Datasets")
class DatasetUpkeepController {

    private final DatasetCounts counts;
    private final CommandAnswers commands;
    private final DatasetClient datasets;
    private final DatasetDirectory directory;

    DatasetUpkeepController(
            DatasetCounts counts, CommandAnswers commands, DatasetClient datasets, DatasetDirectory directory) {
        this.counts = counts;
        this.commands = commands;
        this.datasets = datasets;
        this.directory = directory;
    }

    @DeleteMapping("/{datasetId}/counters")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            summary = "Forget what is known of how many items a dataset has",
            description = "They are counted from the beginning the next time that somebody asks.")
    @Requires(Permission.UPDATE_ITEM)
    Mono<Void> resetCounters(@PathVariable String datasetId, Caller caller) {
        return datasets.require(caller, datasetId, Permission.UPDATE_ITEM)
                .flatMap(access -> counts.reset(access.datasetId()));
    }

    @PostMapping("/countAnnotationsByProject/{projectId}")
    @Operation(
            summary = "Count the annotations of a project from the beginning",
            description = "spec.annotationsCount is how many its visible items have.")
    @AnsweredByCommand
    @Requires(Permission.READ_ITEM)
    Mono<ResponseEntity<CommandView>> countAnnotations(
            @PathVariable String projectId, Caller caller, ServerHttpRequest request) {
        return directory
                .of(caller, projectId)
                .map(DatasetRef::id)
                .take(WorkOnDatasets.MOST + 1L)
                .collectList()
                .flatMap(ids -> ids.isEmpty()
                        ? Mono.error(Problem.NOT_FOUND.with("The project has no datasets"))
                        : datasets.require(caller, ids.get(0), Permission.READ_ITEM)
                                .flatMap(access -> commands.answer(
                                        caller,
                                        access,
                                        AnnotationCount.TYPE,
                                        WorkOnDatasets.whatOf(atMost(ids)),
                                        request)));
    }

    @PostMapping("/deleteExpiredItems")
    @Operation(
            summary = "Delete now what datasets keep no longer",
            description =
                    "Of all datasets with expirationOptions where the caller may delete items; the platform does so "
                            + "by itself every hour. spec.datasetIds are the datasets that were looked at.")
    @AnsweredByCommand
    @OpenTo(Audience.SIGNED_IN)
    Mono<ResponseEntity<CommandView>> deleteExpired(Caller caller, ServerHttpRequest request) {
        caller.require(Permission.DELETE_ITEM);
        return directory
                .all(caller)
                .filter(dataset -> dataset.daysKept() > 0 && !dataset.readonly())
                .take(WorkOnDatasets.MOST + 1L)
                .concatMap(dataset -> datasets.require(caller, dataset.id(), Permission.DELETE_ITEM)
                        .map(access -> new Allowed(dataset, access))
                        // Others' to delete from.
                        .onErrorResume(ErrorResponseException.class, refused -> Mono.empty()))
                .collectList()
                .flatMap(allowed -> commands.answer(
                        caller,
                        allowed.isEmpty() ? NOWHERE : allowed.get(0).access(),
                        ExpiredItemsDeletion.TYPE,
                        ExpiredItemsDeletion.whatOf(atMost(allowed).stream()
                                .collect(Collectors.toMap(
                                        one -> one.dataset().id(),
                                        one -> one.dataset().daysKept()))),
                        request));
    }

    private record Allowed(DatasetRef dataset, DatasetAccess access) {}

    /** Where a command belongs that is about no dataset. */
    private static final DatasetAccess NOWHERE =
            new DatasetAccess("0".repeat(24), "0".repeat(24), "", true, null, null, null, 0);

    private static <T> List<T> atMost(List<T> datasets) {
        if (datasets.size() > WorkOnDatasets.MOST) {
            throw Problem.UNSUPPORTED.with("These are more than " + WorkOnDatasets.MOST + " datasets");
        }
        return datasets;
    }
}
