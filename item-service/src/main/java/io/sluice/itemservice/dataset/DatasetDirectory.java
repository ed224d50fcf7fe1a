package io.sluice.itemservice.dataset;

import io.sluice.kit.auth.Caller;
import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.error.Problem;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Flux;

/** Asks the dataset-service which datasets a caller can see. */
@Component
public class DatasetDirectory {

    private final WebClient datasets;

    DatasetDirectory(ServiceClients clients) {
        this.datasets = clients.asCaller("dataset-service");
    }

    private record Project(String projectId) {}

    /** All datasets that the caller can see. */
    public Flux<DatasetRef> all(Caller caller) {
        return list(caller, "");
    }

    /** All datasets of a project, those of the platform itself too; {@link Problem#NOT_FOUND} for who is no member. */
    public Flux<DatasetRef> of(Caller caller, String projectId) {
        return datasets.get()
                .uri("/internal/access/projects/{projectId}", projectId)
                .headers(headers -> headers.setBearerAuth(caller.token()))
                .retrieve()
                .bodyToMono(Project.class)
                .onErrorMap(
                        WebClientResponseException.NotFound.class,
                        unknown -> Problem.NOT_FOUND.with("Project not found"))
                .flatMapMany(project -> list(caller, project.projectId()));
    }

    private Flux<DatasetRef> list(Caller caller, String projectId) {
        return datasets.get()
                .uri("/api/v1/datasets?projects={projectId}&system=true", projectId)
                .headers(headers -> headers.setBearerAuth(caller.token()))
                .retrieve()
                .bodyToFlux(DatasetRef.class);
    }
}
