package io.sluice.datasetservice.model;

import io.sluice.datasetservice.project.ProjectContents;
import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.token.ServiceTokens;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** The end of the models of a project, with it. */
@Component
class ModelsOfProject implements ProjectContents {

    private final WebClient modelService;

    ModelsOfProject(ServiceClients clients, ServiceTokens tokens) {
        this.modelService = clients.asService("model-service", tokens::forService);
    }

    @Override
    public Mono<Boolean> remove(String projectId) {
        return modelService
                .delete()
                .uri("/internal/projects/{projectId}", projectId)
                .retrieve()
                .toBodilessEntity()
                .thenReturn(true);
    }
}
