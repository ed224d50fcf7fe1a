package io.sluice.datasetservice.item;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.token.ServiceTokens;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClientRequest;

/** Asks item-service about the items of datasets. */
@Component
public class ItemClient {

    private static final Logger log = LoggerFactory.getLogger(ItemClient.class);

    private static final Duration COUNTS_TIMEOUT = Duration.ofSeconds(2);
    /** Where nothing is known to fall back on: a service that has just started is slow with its first answer. */
    private static final Duration FIRST_COUNTS_TIMEOUT = Duration.ofSeconds(8);
    /** Deleting a dataset of millions takes a while; what an interrupted call has done stays done. */
    private static final Duration DELETE_TIMEOUT = Duration.ofMinutes(10);

    private static final int MOST_REMEMBERED = 10_000;
    private static final ParameterizedTypeReference<List<ItemCounts>> COUNTS = new ParameterizedTypeReference<>() {};

    private final WebClient itemService;
    private final Cache<String, ItemCounts> lastKnown =
            Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).build();

    @Autowired
    ItemClient(ServiceClients clients, ServiceTokens tokens) {
        this(clients.asService("item-service", tokens::forService));
    }

    ItemClient(WebClient itemService) {
        this.itemService = itemService;
    }

    /**
     * The counts of datasets, by dataset. Never fails: while item-service does not answer, the counts are the ones this
     * process saw last, or 0 when it saw none.
     */
    public Mono<Map<String, ItemCounts>> counts(List<String> datasetIds) {
        if (datasetIds.isEmpty()) {
            return Mono.just(Map.of());
        }
        return ask(datasetIds)
                .timeout(isAnyUnknown(datasetIds) ? FIRST_COUNTS_TIMEOUT : COUNTS_TIMEOUT)
                .map(counts -> {
                    Map<String, ItemCounts> all = new HashMap<>();
                    datasetIds.forEach(id -> all.put(id, ItemCounts.none(id)));
                    counts.forEach(count -> all.put(count.datasetId(), count));
                    return all;
                })
                .onErrorResume(failure -> {
                    log.warn("No counts from item-service: {}", failure.toString());
                    Map<String, ItemCounts> all = new HashMap<>();
                    datasetIds.forEach(id -> all.put(id, lastCounts(id)));
                    return Mono.just(all);
                });
    }

    private Mono<List<ItemCounts>> ask(List<String> datasetIds) {
        return itemService
                .post()
                .uri("/internal/datasets/counts")
                .bodyValue(Map.of("datasetIds", datasetIds))
                .retrieve()
                .bodyToMono(COUNTS)
                .doOnNext(counts -> counts.forEach(count -> lastKnown.put(count.datasetId(), count)));
    }

    /** How many bytes some datasets keep together, at most 1,000; fails while item-service does not answer. */
    public Mono<Long> bytes(List<String> datasetIds) {
        return ask(datasetIds)
                .timeout(FIRST_COUNTS_TIMEOUT)
                .map(counts -> counts.stream().mapToLong(ItemCounts::bytes).sum());
    }

    private boolean isAnyUnknown(List<String> datasetIds) {
        return datasetIds.stream().anyMatch(id -> lastKnown.getIfPresent(id) == null);
    }

    private ItemCounts lastCounts(String datasetId) {
        ItemCounts counts = lastKnown.getIfPresent(datasetId);
        return counts == null ? ItemCounts.none(datasetId) : counts;
    }

    /** Deletes the files of a dataset that were made before then; more than the time allows go the next time. */
    public Mono<Void> deleteBefore(String datasetId, Instant then) {
        return itemService
                .delete()
                .uri("/internal/datasets/{datasetId}/items?createdBefore={then}", datasetId, then)
                .httpRequest(
                        request -> ((HttpClientRequest) request.getNativeRequest()).responseTimeout(DELETE_TIMEOUT))
                .retrieve()
                .toBodilessEntity()
                .then();
    }

    /** Deletes all items of a dataset with their bytes; does nothing when there are none. */
    public Mono<Void> deleteAll(String datasetId) {
        return delete("/internal/datasets/{datasetId}", datasetId);
    }

    /** Deletes what item-service keeps of a project beside its datasets: the feature sets. */
    Mono<Void> deleteProject(String projectId) {
        return delete("/internal/projects/{projectId}", projectId);
    }

    private Mono<Void> delete(String path, String id) {
        return itemService
                .delete()
                .uri(path, id)
                .httpRequest(
                        request -> ((HttpClientRequest) request.getNativeRequest()).responseTimeout(DELETE_TIMEOUT))
                .retrieve()
                .toBodilessEntity()
                .then();
    }
}
