package io.sluice.itemservice.dataset;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.error.Problem;
import io.sluice.kit.token.ServiceTokens;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Mono;

/** Which labels the annotations of a dataset may have, when it takes those of its ontologies only. */
@Component
public class DatasetLabels {

    /** As many datasets as the labels are remembered of; those of one may have a megabyte. */
    private static final int MOST_REMEMBERED = 50;

    private final WebClient datasets;
    private final WebClient asService;
    private final DatasetClient accesses;
    private final Cache<String, Set<String>> remembered = Caffeine.newBuilder()
            .expireAfterWrite(DatasetClient.REMEMBERED)
            .maximumSize(MOST_REMEMBERED)
            .build();

    DatasetLabels(ServiceClients clients, ServiceTokens tokens, DatasetClient accesses) {
        this.datasets = clients.asCaller("dataset-service");
        this.asService = clients.asService("dataset-service", tokens::forService);
        this.accesses = accesses;
    }

    private record Answer(Set<String> labels) {}

    private record StrictAnswer(boolean strict, Set<String> labels) {}

    /**
     * Fails with {@link Problem#VALIDATION_FAILED} when the dataset does not take one of the labels. That a label is there is
     * remembered for five seconds, that it is not is asked again: somebody may have added it just now.
     *
     * @param labels by the fields that say them
     */
    public Mono<Void> require(Caller caller, String datasetId, Map<String, String> labels) {
        return refused(caller, datasetId, labels.values())
                .doOnNext(refused -> labels.forEach((field, label) -> {
                    if (refused.contains(label)) {
                        throw refusal(field, label);
                    }
                }))
                .then();
    }

    /** Those of the labels that the dataset does not take; as {@link #require} finds out. */
    public Mono<Set<String>> refused(Caller caller, String datasetId, Collection<String> labels) {
        return labels.isEmpty()
                ? Mono.just(Set.of())
                : accesses.require(caller, datasetId, Permission.ANNOTATE_ITEM)
                        .filter(access -> access.hasStrictLabels() && !isRemembered(datasetId, labels))
                        .flatMap(access -> ask(caller, datasetId))
                        .map(answer -> {
                            remembered.put(datasetId, answer.labels());
                            Set<String> refused = new HashSet<>(labels);
                            refused.removeAll(answer.labels());
                            return refused;
                        })
                        .defaultIfEmpty(Set.of());
    }

    /** Those of the labels that the dataset does not take, for somebody who may annotate it, which was checked before. */
    public Mono<Set<String>> refused(String datasetId, Collection<String> labels) {
        return labels.isEmpty()
                ? Mono.just(Set.of())
                : asService
                        .get()
                        .uri("/internal/datasets/{datasetId}/labels", datasetId)
                        .retrieve()
                        .bodyToMono(StrictAnswer.class)
                        .filter(StrictAnswer::strict)
                        .map(answer -> {
                            Set<String> refused = new HashSet<>(labels);
                            refused.removeAll(answer.labels());
                            return refused;
                        })
                        // Its items go with it.
                        .onErrorResume(WebClientResponseException.NotFound.class, gone -> Mono.empty())
                        .defaultIfEmpty(Set.of());
    }

    private boolean isRemembered(String datasetId, Collection<String> labels) {
        Set<String> known = remembered.getIfPresent(datasetId);
        return known != null && known.containsAll(labels);
    }

    /** What somebody is told whose label is not taken. */
    public static ErrorResponseException refusal(String field, String label) {
        return Problem.VALIDATION_FAILED.at(
                field, "is no label of the ontologies of the dataset, which takes no others: " + label);
    }

    private Mono<Answer> ask(Caller caller, String datasetId) {
        return datasets.get()
                .uri("/internal/access/datasets/{datasetId}/labels", datasetId)
                .headers(headers -> headers.setBearerAuth(caller.token()))
                .retrieve()
                .bodyToMono(Answer.class)
                .onErrorMap(WebClientResponseException.NotFound.class, gone -> DatasetClient.unknownDataset(datasetId));
    }
}
