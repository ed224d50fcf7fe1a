package io.sluice.itemservice.item;

import io.sluice.kit.command.Command;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Brings into a clone what has come into its source since (contract core §4.7). What was there when the clone was made is
 * not brought again, also where it was left out then or has been deleted from the clone.
 */
@Component
class DatasetSync extends DatasetCopy {

    static final String TYPE = "SyncDataset";

    static final Map<String, @Nullable Object> FILES = Map.of("filter", Map.of("hidden", false, "type", Item.FILE));

    private final Items items;

    DatasetSync(Means means) {
        super(means);
        this.items = means.items();
    }

    @Override
    public String type() {
        return TYPE;
    }

    /** What came in the very second of the clone, or in the one before, may be in it or not. */
    @Override
    @Nullable
    String firstOf(Command command) {
        int second = new ObjectId(Wish.of(command).target()).getTimestamp() - 1;
        return new ObjectId(second, 0).toHexString().substring(0, 8) + "0".repeat(16);
    }

    @Override
    Mono<Predicate<Item>> wanted(Command command, Batch batch) {
        return items.copied(Wish.of(command).target(), batch.itemIds())
                .collect(Collectors.toSet())
                .map(there -> item -> !there.contains(item.id()));
    }
}
