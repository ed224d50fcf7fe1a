package io.sluice.itemservice.item;

import io.sluice.kit.command.Command;
import io.sluice.kit.mongo.JsonObject;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Changes all items that match a query, as a command. */
@Component
class ItemsUpdate extends WorkOnMatches {

    static final String TYPE = "UpdateItems";

    private static final String PATCH = "patch";

    private final ItemEdit edit;

    ItemsUpdate(Items items, ItemEdit edit) {
        super(items);
        this.edit = edit;
    }

    static JsonObject whatOf(Map<String, @Nullable Object> query, ItemPatch patch) {
        return whatOf(query).with(PATCH, patch.toJson());
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    Mono<Void> carryOut(Command command, List<Items.Entry> matches) {
        // What may be changed was checked when it was accepted.
        ItemPatch patch = ItemPatch.parse(command.todo().object(PATCH).members(), true);
        List<String> itemIds = matches.stream().map(Items.Entry::id).toList();
        return edit.applyOnce(itemIds, patch, command.creator());
    }
}
