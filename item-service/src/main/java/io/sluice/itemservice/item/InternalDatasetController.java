package io.sluice.itemservice.item;

import io.sluice.kit.auth.Audience;
import io.sluice.kit.auth.OpenTo;
import io.sluice.kit.error.Problem;
import io.swagger.v3.oas.annotations.Hidden;
import java.time.Instant;
import java.util.List;
import org.bson.types.ObjectId;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What the dataset-service asks of the items of a dataset; services only. */
@Hidden
@RestController
@RequestMapping("/internal/datasets")
class InternalDatasetController {

    private static final int MOST_DATASETS = 1_000;
    private static final int AT_ONCE = 8;

    private final DatasetCounts counts;
    private final ItemDeletion deletion;

    InternalDatasetController(DatasetCounts counts, ItemDeletion deletion) {
        this.counts = counts;
        this.deletion = deletion;
    }

    record CountsQuery(List<String> datasetIds) {}

    /**
     * How full a dataset is; hidden items and directories do not count.
     *
     * @param bytes the size of all files, hidden ones too
     */
    record Counts(String datasetId, long itemsCount, long annotatedCount, long annotationsCount, long bytes) {}

    @PostMapping("/counts")
    @OpenTo(Audience.SERVICE)
    Mono<List<Counts>> counts(@RequestBody CountsQuery query) {
        if (query.datasetIds() == null || query.datasetIds().contains(null)) {
            return Mono.error(Problem.VALIDATION_FAILED.at("datasetIds", "must be a list of ids"));
        }
        if (query.datasetIds().size() > MOST_DATASETS) {
            return Mono.error(Problem.VALIDATION_FAILED.at("datasetIds", "may have at most " + MOST_DATASETS));
        }
        return Flux.fromIterable(query.datasetIds())
                .filter(ObjectId::isValid)
                .flatMapSequential(this::countsOf, AT_ONCE)
                .collectList();
    }

    private Mono<Counts> countsOf(String datasetId) {
        return counts.of(datasetId)
                .map(count ->
                        new Counts(datasetId, count.visible(), count.annotated(), count.annotations(), count.bytes()));
    }

    /** @param count as many as were deleted */
    record Expired(long count) {}

    /** Deletes the files of a dataset whose time is over. */
    @DeleteMapping("/{datasetId}/items")
    @OpenTo(Audience.SERVICE)
    Mono<Expired> expire(@PathVariable String datasetId, @RequestParam Instant createdBefore) {
        return ObjectId.isValid(datasetId)
                ? deletion.deleteBefore(datasetId, createdBefore).map(Expired::new)
                : Mono.just(new Expired(0));
    }

    /** Deletes all items of a dataset for good; once more is as good as once. */
    @DeleteMapping("/{datasetId}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @OpenTo(Audience.SERVICE)
    Mono<Void> delete(@PathVariable String datasetId) {
        return deletion.deleteDataset(datasetId);
    }
}
