package io.sluice.itemservice.dataset;

import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.error.Problem;
import io.sluice.kit.token.ServiceTokens;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Mono;

/** Lets the dataset-service make datasets out of others, for somebody whose right to that was checked before. */
@Component
public class NewDatasets {

    private final WebClient datasets;

    NewDatasets(ServiceClients clients, ServiceTokens tokens) {
        this.datasets = clients.asService("dataset-service", tokens::forService);
    }

    private record Wanted(String name, List<String> sources, String creator) {}

    private record Refusal(@Nullable String detail) {}

    /**
     * Makes a dataset in the project of the first source, with the recipes of all; one that was made already stays as it is.
     *
     * @return fails with {@link Problem#NAME_TAKEN} or {@link Problem#NOT_FOUND}, saying why
     */
    public Mono<Void> make(String datasetId, String name, List<String> sources, String creator) {
        return datasets.put()
                .uri("/internal/datasets/{datasetId}", datasetId)
                .bodyValue(new Wanted(name, sources, creator))
                .retrieve()
                .toBodilessEntity()
                .then()
                .onErrorMap(WebClientResponseException.BadRequest.class, refusal -> said(Problem.NAME_TAKEN, refusal))
                .onErrorMap(WebClientResponseException.NotFound.class, refusal -> said(Problem.NOT_FOUND, refusal));
    }

    private static ErrorResponseException said(Problem problem, WebClientResponseException refusal) {
        Refusal answer = refusal.getResponseBodyAs(Refusal.class);
        String detail = answer == null ? null : answer.detail();
        return problem.with(detail == null ? "The dataset cannot be made" : detail);
    }
}
