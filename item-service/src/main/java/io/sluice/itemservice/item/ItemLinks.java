package io.sluice.itemservice.item;

import io.sluice.kit.access.DatasetClient;
import io.sluice.kit.auth.Caller;
import io.sluice.kit.auth.Permission;
import io.sluice.kit.error.Problem;
import io.sluice.kit.mongo.JsonObject;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponseException;
import reactor.core.publisher.Mono;

/**
 * Items that stand for another one, by its id (contract core §6.5). Those that stand for a URL are for clients to follow: this
 * service asks nobody outside for anything.
 */
@Component
class ItemLinks {

    /** With 0, the caller wants the bytes that belong to the item, as the SDK does, which compares their number. */
    static final String SANITIZE = "x-dl-sanitize";

    private static final String AS_IT_IS = "0";

    private final Items items;
    private final DatasetClient datasets;

    ItemLinks(Items items, DatasetClient datasets) {
        this.items = items;
        this.datasets = datasets;
    }

    static boolean isLink(Item item) {
        JsonObject shebang = item.metadata().object(Item.SYSTEM).object("shebang");
        return "link".equals(shebang.members().get("dltype"))
                && "id".equals(shebang.object("linkInfo").members().get("type"));
    }

    /**
     * The item with the bytes that the caller gets for this one. A link to a link leads no further than to that one, so that
     * none can lead in a circle.
     */
    Mono<Item> follow(Item item, Caller caller, ServerHttpRequest request) {
        if (!isLink(item) || AS_IT_IS.equals(request.getHeaders().getFirst(SANITIZE))) {
            return Mono.just(item);
        }
        Object target = item.metadata()
                .object(Item.SYSTEM)
                .object("shebang")
                .object("linkInfo")
                .members()
                .get("ref");
        return items.find(String.valueOf(target))
                .switchIfEmpty(datasets.refuse(caller, ItemLinks::unknown))
                .delayUntil(
                        found -> datasets.require(caller, found.datasetId(), Permission.READ_ITEM, ItemLinks::unknown));
    }

    /** Whether it is not there or not for the caller is not to be told. */
    private static ErrorResponseException unknown() {
        return Problem.NOT_FOUND.with("The item that this one links to is not there");
    }
}
