package io.sluice.modelservice.evaluation;

import io.sluice.kit.client.ServiceClients;
import io.sluice.kit.token.ServiceTokens;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;

/** What people have said of items, as the item-service tells. */
@Component
class PeoplesAnnotations {

    private final WebClient items;

    PeoplesAnnotations(ServiceClients clients, ServiceTokens tokens) {
        this.items = clients.asService("item-service", tokens::forService);
    }

    /**
     * One annotation.
     *
     * @param coordinates as clients write them; null for what has none
     */
    record Said(
            String itemId,
            String type,
            String label,
            @Nullable Object coordinates) {}

    /** Those of some types, read as fast as they are taken; those of an item together, in the order of their creation. */
    Flux<Said> of(Collection<String> itemIds, Collection<String> types) {
        return items.post()
                .uri("/internal/items/annotations/of-people")
                .bodyValue(Map.of("itemIds", itemIds, "types", types))
                .retrieve()
                .bodyToFlux(Said.class);
    }
}
