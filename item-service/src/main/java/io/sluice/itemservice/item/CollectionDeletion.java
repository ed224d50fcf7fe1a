package io.sluice.itemservice.item;

import io.sluice.kit.command.Command;
import io.sluice.kit.mongo.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Takes all items out of a collection and then its name away, as a command. The name goes last, because the next collection
 * may get its key.
 */
@Component
class CollectionDeletion extends WorkOnMatches {

    static final String TYPE = "DeleteCollection";

    private static final String KEY = "key";
    private static final String NAME = "name";
    private static final String LAST = "last";

    private final ItemEdit edit;
    private final ItemCollections collections;

    CollectionDeletion(Items items, ItemEdit edit, ItemCollections collections) {
        super(items);
        this.edit = edit;
        this.collections = collections;
    }

    static JsonObject whatOf(String key, String name) {
        return whatOf(Map.of("filter", Map.of("metadata.system.collections." + key, true)))
                .with(KEY, key)
                .with(NAME, name);
    }

    /** The change that puts items into collections, or takes them out. */
    static ItemPatch patch(List<String> keys, boolean isIn) {
        Map<String, @Nullable Object> flags = new HashMap<>();
        keys.forEach(key -> flags.put(key, isIn ? true : null));
        return new ItemPatch(
                null,
                false,
                null,
                keys.isEmpty() ? Map.of() : Map.of(Item.SYSTEM, Map.of(CollectionNames.FIELD, flags)));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Flux<Command.Step> steps(Command command) {
        boolean isLast = command.step() != null && command.step().upTo().equals(LAST);
        return isLast ? Flux.empty() : super.steps(command).concatWithValues(new Command.Step(null, LAST, 0));
    }

    @Override
    public Mono<Void> carryOut(Command command, Command.Step step) {
        return step.upTo().equals(LAST) ? finish(command) : super.carryOut(command, step);
    }

    @Override
    Mono<Void> carryOut(Command command, List<Items.Entry> matches) {
        List<String> itemIds = matches.stream().map(Items.Entry::id).toList();
        return edit.applyOnce(itemIds, patchOf(command), command.creator());
    }

    /** What was put into it meanwhile comes out, too. */
    private Mono<Void> finish(Command command) {
        return edit.apply(command.datasetId(), filterOf(command), patchOf(command), command.creator())
                .then(collections.remove(command.datasetId(), word(command, KEY), word(command, NAME)))
                .then();
    }

    private static ItemPatch patchOf(Command command) {
        return patch(List.of(word(command, KEY)), false);
    }

    private static String word(Command command, String name) {
        return String.valueOf(command.todo().members().get(name));
    }
}
