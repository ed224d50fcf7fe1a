package io.sluice.itemservice.item;

import io.sluice.kit.command.Command;
import io.sluice.kit.mongo.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Puts each of the items that match a query into one subset, by its place among them. */
@Component
class ItemsSplit extends WorkInBatches {

    static final String TYPE = "SplitItems";

    private static final String SUBSETS = "subsets";

    private final ItemEdit edit;

    ItemsSplit(Items items, ItemEdit edit) {
        super(items);
        this.edit = edit;
    }

    static JsonObject whatOf(Map<String, @Nullable Object> query, Subsets subsets) {
        return WorkOnMatches.whatOf(query).with(SUBSETS, subsets.toJson());
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    Mono<Void> carryOut(Command command, Batch batch) {
        Subsets subsets = Subsets.parse(command.todo().object(SUBSETS).members());
        List<String> turns = subsets.turns();
        Map<String, List<String>> shares = IntStream.range(0, batch.itemIds().size())
                .boxed()
                .collect(Collectors.groupingBy(
                        place -> turns.get((int) ((batch.position() + place) % turns.size())),
                        Collectors.mapping(place -> batch.itemIds().get(place), Collectors.toList())));
        return Flux.fromIterable(shares.entrySet())
                .concatMap(share -> edit.applyOnce(share.getValue(), subsets.into(share.getKey()), command.creator()))
                .then();
    }
}
