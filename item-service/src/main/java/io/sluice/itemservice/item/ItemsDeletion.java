package io.sluice.itemservice.item;

import io.sluice.kit.command.Command;
import java.util.List;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Deletes all items that match a query, as a command. */
@Component
class ItemsDeletion extends WorkOnMatches {

    static final String TYPE = "DeleteItems";

    private final ItemDeletion deletion;

    ItemsDeletion(Items items, ItemDeletion deletion) {
        super(items);
        this.deletion = deletion;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    Mono<Void> carryOut(Command command, List<Items.Entry> matches) {
        return deletion.deleteMatches(matches);
    }
}
