package io.sluice.authservice.departure;

import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.token.ServiceTokens;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** Ends an account's memberships, which dataset-service keeps. Last, because it may take until that answers again. */
@Component
@Order(Ordered.LOWEST_PRECEDENCE)
class MembershipClient implements EndsWithAccount {

    private final WebClient datasetService;

    MembershipClient(ServiceClients clients, ServiceTokens tokens) {
        this.datasetService = clients.asService("dataset-service", tokens::forService);
    }

    @Override
    public Mono<Void> endFor(String userId) {
        return datasetService
                .delete()
                .uri("/internal/memberships/{email}", userId)
                .retrieve()
                .toBodilessEntity()
                .then();
    }
}
