package io.sluice.itemservice.item;

import io.sluice.kit.command.Command;
import io.sluice.kit.mongo.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Deletes at once what its datasets keep no longer, and what would go within the hour anyway, as a command. */
@Component
class ExpiredItemsDeletion extends WorkOnDatasets {

    static final String TYPE = "DeleteExpiredItems";

    private static final String DAYS = "days";

    private final ItemDeletion deletion;
    private final Clock clock;

    ExpiredItemsDeletion(ItemDeletion deletion, Clock clock) {
        this.deletion = deletion;
        this.clock = clock;
    }

    /** @param days by dataset, how many days it keeps items */
    static JsonObject whatOf(Map<String, Integer> days) {
        return whatOf(List.copyOf(new TreeMap<>(days).keySet())).with(DAYS, days);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    Mono<Void> carryOut(Command command, String datasetId) {
        return command.todo().object(DAYS).members().get(datasetId) instanceof Number days
                ? deletion.deleteBefore(datasetId, clock.instant().minus(Duration.ofDays(days.longValue())))
                        .then()
                : Mono.empty();
    }

    @Override
    public Mono<JsonObject> result(Command command) {
        return Mono.just(JsonObject.EMPTY.with("datasetIds", datasetsOf(command)));
    }
}
