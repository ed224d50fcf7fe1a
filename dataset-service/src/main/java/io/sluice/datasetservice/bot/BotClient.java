package io.sluice.datasetservice.bot;

import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.token.ServiceTokens;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** Tells auth-service what becomes of the bots of projects. */
@Component
public class BotClient {

    private final WebClient authService;

    BotClient(ServiceClients clients, ServiceTokens tokens) {
        this.authService = clients.asService("auth-service", tokens::forService);
    }

    /** Ends all bots of a project; does nothing when there are none. */
    public Mono<Void> endAll(String projectId) {
        return authService
                .delete()
                .uri("/internal/projects/{projectId}/bots", projectId)
                .retrieve()
                .toBodilessEntity()
                .then();
    }
}
