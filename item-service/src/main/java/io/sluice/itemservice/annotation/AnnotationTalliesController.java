package io.sluice.itemservice.annotation;

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
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** How often which labels and types are used in a dataset. */
@RestController
@RequestMapping("/api/v1/datasets/{datasetId}/annotations")
@Tag(name = "Datasets")
class AnnotationTalliesController {

    private static final int MOST_CREATORS = 1_000;

    private final Annotations annotations;
    private final DatasetClient datasets;

    AnnotationTalliesController(Annotations annotations, DatasetClient datasets) {
        this.annotations = annotations;
        this.datasets = datasets;
    }

    /** @param count how many annotations have it */
    record LabelCount(String label, long count) {}

    /** @param count how many annotations are of it */
    record TypeCount(String type, long count) {}

    /**
     * Which annotations count.
     *
     * @param creators by whom; everybody when it is empty or not there
     * @param taskId refused: there are no tasks
     * @param assignmentId refused, too
     */
    record Counted(
            @Nullable List<@Nullable String> creators,
            @Nullable String taskId,
            @Nullable String assignmentId) {

        static final Counted EVERYTHING = new Counted(null, null, null);

        List<String> checkedCreators() {
            if (taskId != null || assignmentId != null) {
                throw Problem.UNSUPPORTED.at(
                        taskId != null ? "taskId" : "assignmentId", "is not supported: there are no tasks");
            }
            if (creators == null) {
                return List.of();
            }
            if (creators.size() > MOST_CREATORS) {
                throw Problem.VALIDATION_FAILED.at("creators", "must be at most " + MOST_CREATORS);
            }
            return creators.stream()
                    .map(creator -> Objects.requireNonNullElse(creator, ""))
                    .toList();
        }
    }

    @GetMapping("/labels")
    @Operation(summary = "Count the annotations of each label", description = "The most frequent label first.")
    @Requires(Permission.READ_ITEM)
    Mono<List<LabelCount>> labels(@PathVariable String datasetId, Caller caller) {
        return labels(datasetId, Counted.EVERYTHING, caller);
    }

    @PostMapping("/labels")
    @Operation(
            summary = "Count the annotations of each label by their creators",
            description = "The most frequent label first.")
    @Requires(Permission.READ_ITEM)
    Mono<List<LabelCount>> labels(@PathVariable String datasetId, @RequestBody Counted counted, Caller caller) {
        return tallies(datasetId, "label", counted, caller)
                .map(tallies -> tallies.stream()
                        .map(tally -> new LabelCount(tally.kind(), tally.count()))
                        .toList());
    }

    @PostMapping("/types")
    @Operation(
            summary = "Count the annotations of each type by their creators",
            description = "The most frequent type first.")
    @Requires(Permission.READ_ITEM)
    Mono<List<TypeCount>> types(@PathVariable String datasetId, @RequestBody Counted counted, Caller caller) {
        return tallies(datasetId, "type", counted, caller)
                .map(tallies -> tallies.stream()
                        .map(tally -> new TypeCount(tally.kind(), tally.count()))
                        .toList());
    }

    private Mono<List<Annotations.Tally>> tallies(String datasetId, String field, Counted counted, Caller caller) {
        return datasets.require(caller, datasetId, Permission.READ_ITEM)
                .then(Mono.defer(() -> annotations
                        .tallies(datasetId, field, counted.checkedCreators())
                        .collectList()));
    }
}
