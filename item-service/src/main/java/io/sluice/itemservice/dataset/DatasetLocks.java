package io.sluice.itemservice.dataset;

import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.token.ServiceTokens;
import java.time.Duration;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Mono;

/** Locks datasets, so that nothing in them changes while they are read as a whole. */
@Component
public class DatasetLocks {

    private final WebClient datasets;
    private final DatasetClient accesses;

    DatasetLocks(ServiceClients clients, ServiceTokens tokens, DatasetClient accesses) {
        this.datasets = clients.asService("dataset-service", tokens::forService);
        this.accesses = accesses;
    }

    /**
     * Locks a dataset, and completes when no replica of this service believes any more that it is not: what begins to write
     * from then on is refused.
     *
     * @param holder who may release it: the id of a command
     * @param howLong after which it is no lock any more, whatever happens
     */
    public Mono<Void> lock(String datasetId, String holder, Duration howLong) {
        return datasets.put()
                .uri(
                        "/internal/datasets/{datasetId}/locks/{holder}?seconds={seconds}",
                        datasetId,
                        holder,
                        howLong.toSeconds())
                .retrieve()
                .toBodilessEntity()
                .onErrorMap(WebClientResponseException.NotFound.class, gone -> DatasetClient.unknownDataset(datasetId))
                .doOnNext(locked -> accesses.forget(datasetId))
                .then(Mono.delay(DatasetClient.REMEMBERED))
                .then();
    }

    /** Ends the lock of that holder; that there is none is fine. */
    public Mono<Void> release(String datasetId, String holder) {
        return datasets.delete()
                .uri("/internal/datasets/{datasetId}/locks/{holder}", datasetId, holder)
                .retrieve()
                .toBodilessEntity()
                .doOnNext(released -> accesses.forget(datasetId))
                .then();
    }
}
