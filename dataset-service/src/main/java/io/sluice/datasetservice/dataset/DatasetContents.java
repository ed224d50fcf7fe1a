package io.sluice.datasetservice.dataset;

import reactor.core.publisher.Mono;

/** What is kept in this service for a dataset and goes with it. */
public interface DatasetContents {

    /** Removes it; may be called again after it was interrupted anywhere. */
    Mono<Void> removeOf(String datasetId);
}
