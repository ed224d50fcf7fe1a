package io.sluice.datasetservice.dataset;

import io.sluice.datasetservice.item.ItemClient;
import io.sluice.datasetservice.item.ItemCounts;
import java.time.Clock;
import java.util.List;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Shows datasets with what item-service counts in them. */
@Component
class DatasetViews {

    private final ItemClient items;
    private final Clock clock;

    DatasetViews(ItemClient items, Clock clock) {
        this.items = items;
        this.clock = clock;
    }

    Mono<DatasetView> of(Dataset dataset, String api) {
        return of(List.of(dataset), api).map(views -> views.get(0));
    }

    /** In the same order, asking for all counts at once. */
    Mono<List<DatasetView>> of(List<Dataset> datasets, String api) {
        List<String> ids = datasets.stream().map(Dataset::id).toList();
        return items.counts(ids)
                .map(counts -> datasets.stream()
                        .map(dataset -> DatasetView.of(
                                dataset,
                                counts.getOrDefault(dataset.id(), ItemCounts.none(dataset.id())),
                                api,
                                clock.instant()))
                        .toList());
    }
}
